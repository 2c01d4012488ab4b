// The data of the page, and the words for it.

/**
 * The document in <script id="data">. Numbers refer to the arrays of the document.
 * @typedef {'value' | 'null' | 'absent' | 'unsupported' | 'withheld'} State
 * @typedef {{ service: string, account: string, service_name: string, complete: boolean, gaps: string[], seen: number,
 *   hidden: string[], unsupported: number[], withheld: Record<string, string> }} Account
 * @typedef {{ id: string, account: number, name: string, email: string | null, kind: string | null,
 *   status: string | null, status_state: State, mfa: boolean | null, mfa_state: State,
 *   last_login: string | null, last_login_state: State, privileged: string[], person: number | null, findings: number[],
 *   values: Record<string, unknown>, nulls: number[], states?: Record<string, State>, view: number | null,
 *   origins: Record<string, number>, missing: { view: number, reason: string }[] }} Profile
 * @typedef {{ status: string, name: string | null, email: string | null, employee_number: string | null } &
 *   Record<string, string | null>} Roster
 * @typedef {{ one: number | null, other: number | null, rule: string, strength: string }} Link
 * @typedef {{ profiles: number[], owns: number[], links: Link[], roster: Roster | null }} Person
 * @typedef {{ reason: string, approver: string, expires: string }} Exception
 * @typedef {{ rule: string, severity: string, state: string, account: number | null, profiles: number[], message: string,
 *   name?: string | null, exception?: Exception | null }} Finding
 * @typedef {{ reason: string, rule: string | null, profiles: number[], count?: number }} Ambiguity
 * @typedef {{ account: number, profiles: number, statuses: Record<string, number>,
 *   mfa: { on: number, off: number, not_known: Record<string, number> }, last_login: { label: string, count: number }[],
 *   owners: number[], admins: number[], owner_not_known: number }} AccountOverview
 * @typedef {{ since: string, place: string, whole: boolean, notes: string[], cut: boolean,
 *   list: { word: string, id: string, name: string | null, fields: string[] }[] } & Record<string, unknown>} Changes
 * @typedef {{ format: string, version: number, id: string, title: string, created: string,
 *   snapshot: { place: string, seal: string, started: string, ended: string, complete: boolean, filtered: boolean,
 *     gaps: { account: string, gap: string }[] },
 *   fields: string[], views: string[], accounts: Account[], profiles: Profile[], persons: Person[],
 *   ambiguities: Ambiguity[], findings: Finding[], overview: { accounts: AccountOverview[] },
 *   changes: Changes | null, notes: string[],
 *   rules: { name: string, check: string, severity: string, not_known: string, where: string | null, days: number | null,
 *     most: number | null, domains: string[], unchecked: string | null }[] }} Review
 */

const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const FINDING_STATES = ['violated', 'not_known', 'excepted'];
const STRENGTHS = ['weak', 'medium', 'strong', 'certain'];
const AGES = ['up to 7 days', '8 to 30 days', '31 to 90 days', '91 to 365 days', 'more than a year', 'never', 'not known'];
const STATE_WORDS = { value: '(none)', null: '(none)', absent: '? not sent', unsupported: '- not supported', withheld: '(withheld)' };

const main = /** @type {HTMLElement} */ (document.getElementById('review'));
const review = read();
const { accounts, fields, findings, persons, profiles, snapshot, views } = review;
/** Whether everybody whom the accounts list is in it. */
const isWhole = snapshot.complete && !snapshot.filtered;

/** @returns {Review} */
function read() {
  try {
    const content = JSON.parse(document.getElementById('data')?.textContent ?? '');
    if (content.format === 'anyprofile.review' && content.version === 1) return content;
    throw new Error('its format is not known');
  } catch (error) {
    main.append(make('p', { class: 'notice' }, 'The data of this page cannot be read: the file is damaged.'));
    throw error;
  }
}

/** @param {number} index */
const accountName = (index) => `${accounts[index].service_name} · ${accounts[index].account}`;
/** @param {number} index */
const profileName = (index) => profiles[index].name || profiles[index].email || profiles[index].id;

/** @param {Person} person */
function personName({ profiles: own, roster }) {
  const named = own.find((index) => profiles[index].name) ?? own[0];
  if (named !== undefined) return profileName(named);
  return roster?.name || roster?.email || roster?.employee_number || '(no name)';
}

/** @param {State} state @param {string} path Nobody knows what null means for MFA; elsewhere it means none. */
const withoutValue = (state, path) => (state === 'null' && path.includes('mfa') ? '(not known)' : STATE_WORDS[state]);

/** @param {Profile} profile @param {number} field @returns {State} */
function fieldState(profile, field) {
  const account = accounts[profile.account];
  if (field in profile.values) return 'value';
  if (profile.nulls.includes(field)) return 'null';
  if (profile.states?.[field]) return profile.states[field];
  if (field in account.withheld) return 'withheld';
  return account.unsupported.includes(field) ? 'unsupported' : 'absent';
}

/** @param {Profile} profile @param {string} path */
const why = (profile, path) => withoutValue(fieldState(profile, fields.indexOf(path)), path);

/**
 * What is shown beside a name: the value, or an empty text, and then the word for why there is none.
 * @type {Record<'email' | 'kind' | 'status' | 'mfa' | 'login', [(profile: Profile) => string, (profile: Profile) => string]>}
 */
const profileValues = {
  email: [({ email }) => email ?? '', (profile) => why(profile, 'emails')],
  kind: [({ kind }) => kind ?? '', (profile) => why(profile, 'kind')],
  status: [({ status }) => status ?? '', (profile) => withoutValue(profile.status_state, 'status')],
  mfa: [({ mfa }) => (mfa === null ? '' : mfa ? 'on' : 'off'), (profile) => withoutValue(profile.mfa_state, 'mfa')],
  login: [({ last_login: time }) => when(time), (profile) => withoutValue(profile.last_login_state, 'login')],
};
/** @param {Profile} profile @param {keyof typeof profileValues} name */
const wordFor = (profile, name) => profileValues[name][0](profile) || profileValues[name][1](profile);

/** @param {Profile} profile */
function loginAge(profile) {
  if (profile.last_login_state === 'null') return 'never';
  const days = Math.ceil((Date.parse(review.created) - Date.parse(profile.last_login ?? '')) / 86_400_000);
  if (Number.isNaN(days)) return 'not known';
  const index = [7, 30, 90, 365].findIndex((limit) => days <= limit);
  return AGES[index < 0 ? 4 : index];
}

/** @param {unknown} value @returns {string} */
function plainText(value) {
  if (Array.isArray(value)) return value.map(plainText).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value).map(([key, inner]) => `${key}: ${plainText(inner)}`).join('; ');
}

/** @param {Profile} profile @param {number} field */
const fieldValue = (profile, field) => (field in profile.values ? plainText(profile.values[field]) : '');
/** @param {Profile} profile The severities that are violated, and the other states; as the filter names them. */
const findingWords = (profile) => ordered(profile.findings.map((index) =>
  findings[index].state === 'violated' ? findings[index].severity : words(findings[index].state)), SEVERITIES);
/** @param {Profile} profile */
const searchText = (profile) => [profile.name, profile.email, profile.id, profile.kind, profile.status,
  accountName(profile.account), ...profile.privileged, ...Object.values(profile.values).map(plainText)].join('\n');
