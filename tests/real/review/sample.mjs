// Makes a data document as the Rust program does, and assembles the page from the template.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';

const root = new URL('../../../crates/review/', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
/** The files of a folder in the order of their names, joined. */
const joined = (folder) => readdirSync(new URL(folder, root)).sort().map((name) => read(`${folder}/${name}`)).join('');
const sha256 = (text) => createHash('sha256').update(text);

/** Names that must run nothing, hide nothing and be read from the right side. */
export const HOSTILE = [
  '<script>window.attacked = 1</script>',
  '"><img src=x onerror="window.attacked = 1">',
  '</script><script>window.attacked = 1</script>',
  "' onmouseover='window.attacked = 1",
  '{{ title }} ${window.attacked = 1}',
  '=HYPERLINK("https://example.com","x")',
  'Ada \u202ecod.exe\u202c Lovelace',
  'line\nbreak\ttab\u0000null\u200bzero',
  'W'.repeat(10_000),
  '\ud800 half',
  'محمد بن عبد الله',
  'שרה כהן',
  '山田 太郎',
  '김민준',
  'Zoë Ångström 👩‍🚀',
];
const FIRST = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Katherine', 'Linus', 'Margaret', 'Dennis', 'Radia', 'Ken'];
const LAST = ['Lovelace', 'Hopper', 'Turing', 'Dijkstra', 'Liskov', 'Knuth', 'Johnson', 'Torvalds', 'Hamilton', 'Ritchie', 'Perlman'];
const FIELDS = ['kind', 'status', 'emails', 'security.mfa_enabled', 'security.last_login', 'roles', 'external_id', 'phone', 'locale', 'billing.plan'];
const STATES = ['value', 'null', 'absent', 'unsupported', 'withheld'];
const AGES = ['up to 7 days', '8 to 30 days', '31 to 90 days', '91 to 365 days', 'more than a year', 'never', 'not known'];
const CREATED = Date.parse('2026-11-30T10:00:00Z');

/** A small generator of numbers that are the same for the same seed. */
function numbers(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { below: (limit) => Math.floor(next() * limit), pick: (list) => list[Math.floor(next() * list.length)] };
}

function account(service, name, serviceName, complete) {
  return { service, account: name, service_name: serviceName, complete, gaps: complete ? [] : ['page 3 failed: 503 after 5 attempts'],
    seen: 0, hidden: service === 'scim' ? ['the sign-in times of guests'] : [], unsupported: service === 'scim' ? [9] : [7],
    withheld: service === 'probely' ? { 8: 'the token lacks the permission "users:read_locale"' } : {} };
}

function profile(index, random, accounts) {
  const name = index < HOSTILE.length ? HOSTILE[index] : `${random.pick(FIRST)} ${random.pick(LAST)} ${index}`;
  const owner = random.below(accounts.length);
  const [statusState, mfaState, loginState] = [0, 0, 0].map(() => (random.below(3) ? 'value' : random.pick(STATES)));
  const email = random.below(10) ? `person${index}@example.com` : null;
  const status = statusState === 'value' ? random.pick(['active', 'active', 'active', 'suspended', 'invited']) : null;
  const mfa = mfaState === 'value' ? random.below(3) > 0 : null;
  const login = loginState === 'value' ? new Date(CREATED - random.below(500 * 86_400) * 1000).toISOString().replace('.000', '') : null;
  const values = { 0: 'human', 5: [random.pick(['viewer', 'editor', 'auditor'])] };
  if (email) values[2] = [{ address: email, primary: true, verified: random.below(2) === 0 }];
  if (status) values[1] = status;
  if (mfa !== null) values[3] = mfa;
  if (login) values[4] = login;
  return { id: `${accounts[owner].service}:${accounts[owner].account}/user/${index}`, account: owner, name, email,
    kind: random.below(12) ? 'human' : random.pick(['service', 'api_key', null]), status, status_state: statusState, mfa, mfa_state: mfaState,
    last_login: login, last_login_state: loginState,
    privileged: random.below(40) ? [] : random.pick([['owner'], ['admin'], ['owner', 'admin']]), person: null, findings: [],
    values, nulls: [6, ...(mfaState === 'null' ? [3] : [])], ...(index % 50 === 7 ? { states: { 9: 'withheld', 7: 'absent' } } : {}),
    view: index % 50 === 8 ? null : 0, origins: { 4: 1 },
    missing: random.below(20) ? [] : [{ view: 1, reason: 'forbidden' }] };
}

function addFindings(data, random) {
  const rules = [['mfa', 'high', 'MFA is off'], ['stale', 'medium', 'No sign-in for more than 90 days'],
    ['orphan', 'critical', 'The person has left, the profile is active'], ['no-owner', 'low', 'A service account without an owner']];
  for (let index = 0; index < Math.min(400, data.profiles.length); index += 1) {
    const [rule, severity, message] = rules[index % rules.length];
    const state = ['violated', 'violated', 'not_known', 'excepted'][random.below(4)];
    const profiles = index === 4 ? data.profiles.map((_, row) => row).slice(0, 55) : [random.below(data.profiles.length)];
    for (const row of profiles) data.profiles[row].findings.push(data.findings.length);
    data.findings.push({ rule, check: 'orphan', severity, state, account: index === 4 ? null : data.profiles[profiles[0]].account, profiles,
      message: index === 5 ? HOSTILE[1] : message,
      exception: state === 'excepted' ? { reason: 'Break-glass account', approver: HOSTILE[10], expires: '2027-01-01' } : null });
  }
}

/** Somebody of the roster without a profile, and an exception that the document leaves out instead of null. */
function addRosterOnly(data) {
  data.persons.push({ profiles: [], owns: [], links: [], roster: { status: 'left', name: HOSTILE[11], email: null, employee_number: 'E-1',
    manager: null, leave_date: null, type: null } });
  data.findings.push({ rule: 'no-profile', check: 'orphan', severity: 'unheard-of', state: 'violated', account: null, profiles: [], name: HOSTILE[11],
    message: 'In the roster, without a profile' });
}

function addPersons(data, random) {
  for (let row = 0; row + 3 < data.profiles.length; row += 4) {
    const person = data.persons.length;
    const profiles = random.below(3) ? [row, row + 1] : [row];
    for (const each of profiles) data.profiles[each].person = person;
    data.persons.push({ profiles, owns: random.below(5) ? [] : [row + 2],
      links: profiles.length > 1 ? [{ one: row, other: row + 1, rule: random.pick(['email', 'external_id']), strength: random.pick(['weak', 'medium', 'strong', 'certain']) }] : [],
      roster: random.below(3) ? { status: random.pick(['active', 'left', 'joining', 'not_known']), name: null, email: `person${row}@example.com`,
        employee_number: `E${row}`, manager: 'grace_hopper@example.com', leave_date: '2026-10-01', type: null } : null });
    const { links, roster } = data.persons[person];
    if (roster) links.push({ one: row, other: null, rule: 'employee_number', strength: 'strong' });
  }
  if (data.profiles.length > 5) data.ambiguities.push({ reason: 'several_in_one_account', rule: 'email', profiles: [3, 4], count: 2 });
}

function overviewOf(data, account) {
  const rows = data.profiles.map((_, row) => row).filter((row) => data.profiles[row].account === account);
  const count = (wanted) => rows.filter((row) => wanted(data.profiles[row])).length;
  const statuses = {};
  const notKnown = {};
  for (const row of rows) {
    const { status, status_state: state, mfa_state: mfaState } = data.profiles[row];
    const word = status ?? `not known (${state})`;
    statuses[word] = (statuses[word] ?? 0) + 1;
    if (mfaState !== 'value') notKnown[mfaState] = (notKnown[mfaState] ?? 0) + 1;
  }
  return { account, profiles: rows.length, statuses, mfa: { on: count((each) => each.mfa === true), off: count((each) => each.mfa === false), not_known: notKnown },
    last_login: AGES.map((label, index) => ({ label, count: Math.floor((rows.length * (index + 1)) / 28) })),
    owners: rows.filter((row) => data.profiles[row].privileged.includes('owner')),
    admins: rows.filter((row) => data.profiles[row].privileged.includes('admin')), owner_not_known: count((each) => each.kind === null) };
}

const CHANGES = { since: '2026-08-31T10:00:00Z', place: 'q3.ndjson', whole: true, added: 1, gone: 0, changed: 2, renamed: 0, not_seen: 0, first_seen: 0,
  undetermined: 0, unchanged: 17, notes: ['The account "eu" was not in the earlier snapshot.'],
  list: [{ word: 'added', id: 'probely:eu/user/1', name: HOSTILE[0], fields: [] },
    { word: 'changed', id: 'scim:hr/user/2', name: HOSTILE[10], fields: ['status: active -> suspended', `name: ${HOSTILE[6]} -> Ada`] }], cut: false };

/** @param {{ rows?: number, seed?: number }} options */
export function sampleData({ rows = 200, seed = 1 } = {}) {
  const random = numbers(seed);
  const accounts = [account('probely', 'eu', 'Probely', false), account('scim', 'hr', 'SCIM', true), account('upsun', 'acme', 'Upsun', true)];
  const data = {
    format: 'anyprofile.review', version: 1, id: sha256(`review ${rows} ${seed}`).digest('hex'), title: 'Access review', created: '2026-11-30T10:00:00Z',
    snapshot: { place: 'people.ndjson', seal: sha256(`seal ${seed}`).digest('hex'), started: '2026-11-30T09:00:00Z', ended: '2026-11-30T09:05:00Z',
      complete: false, filtered: true, gaps: [{ account: 'eu', gap: 'page 3 failed: 503 after 5 attempts' }] },
    fields: FIELDS, views: ['users', 'api-users'], accounts, profiles: [], persons: [], ambiguities: [], findings: [],
    overview: { accounts: [] }, changes: CHANGES, notes: ['the exception from `mfa` for account us was not needed: nothing was found there'],
    rules: [{ name: 'mfa', check: 'mfa', severity: 'high', not_known: 'low', where: 'title eq "cto"', days: null, most: null, domains: [], unchecked: null },
      { name: 'left', check: 'left', severity: 'critical', not_known: 'low', where: null, days: null, most: null, domains: [], unchecked: 'there is no roster' }],
  };
  for (let index = 0; index < rows; index += 1) data.profiles.push(profile(index, random, accounts));
  addPersons(data, random);
  addFindings(data, random);
  if (rows) addRosterOnly(data);
  data.overview.accounts = accounts.map((_, index) => overviewOf(data, index));
  for (const [index, each] of accounts.entries()) each.seen = data.overview.accounts[index].profiles;
  return data;
}

const escaped = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);

/** Fills the template as askama does. */
export function pageOf(data, verdict = 'INCOMPLETE: 1 of 3 accounts has gaps (eu).') {
  const css = joined('assets/style');
  const script = joined('assets/script');
  const source = (text) => `'sha256-${sha256(text).digest('base64')}'`;
  const policy = `default-src 'none'; script-src ${source(script)}; style-src ${source(css)}; base-uri 'none'; form-action 'none'`;
  const values = { title: escaped(data.title), verdict: escaped(verdict), policy: escaped(policy), 'css|safe': css, 'script|safe': script,
    'data|safe': JSON.stringify(data).replaceAll('<', '\\u003c') };
  return read('templates/review.html').replace(/\{\{ (.*?) \}\}/g, (_, name) => values[name]);
}
