// The tables of profiles and of persons.

const isWide = !window.matchMedia('(max-width: 48rem)').matches;
/** @param {keyof typeof profileValues} name */
const known = (name) => ({ value: (/** @type {number} */ row) => profileValues[name][0](profiles[row]),
  without: (/** @type {number} */ row) => profileValues[name][1](profiles[row]) });
/** @type {Column[]} */
const profileColumns = [
  { title: 'Name', width: 11, shown: true, value: profileName },
  { title: 'E-mail', width: 11, shown: isWide, ...known('email') },
  { title: 'Account', width: 7.5, shown: isWide, filter: [], value: (row) => accountName(profiles[row].account) },
  { title: 'Kind', width: 4.5, shown: isWide, filter: [], ...known('kind') },
  { title: 'Status', width: 6.5, shown: true, filter: [], ...known('status') },
  { title: 'MFA', width: 7, shown: true, filter: ['on', 'off', 'not known'], ...known('mfa'),
    filterWords: (row) => (profiles[row].mfa === null ? ['not known', wordFor(profiles[row], 'mfa')] : wordFor(profiles[row], 'mfa')) },
  { title: 'Last sign-in', width: 6.25, shown: isWide, filter: AGES, filterWords: (row) => loginAge(profiles[row]),
    ...known('login'), value: (row) => (profiles[row].last_login ?? '').slice(0, 10) },
  { title: 'Privileged', width: 5.5, shown: isWide, value: (row) => profiles[row].privileged.join(', ') },
  { title: 'Findings', width: 7, shown: isWide, filter: [...SEVERITIES, 'not known', 'excepted', 'none'],
    filterWords: (row) => (profiles[row].findings.length ? findingWords(profiles[row]) : 'none'),
    value: (row) => findingWords(profiles[row]).join(', '), cell: findingsCell,
    sort: (row) => Math.min(9, ...findingWords(profiles[row]).map((word) => rank(SEVERITIES, word))) },
  { title: 'Decision', width: 5.75, shown: true, live: true, filter: ['undecided', ...Object.keys(decisions.MEANINGS)],
    value: (row) => decisions.get(row)?.decision ?? '', without: () => 'undecided' },
  { title: 'Id', width: 16, value: (row) => profiles[row].id },
  ...fields.map((path, field) => /** @type {Column} */ ({ title: path, width: 12,
    value: (row) => fieldValue(profiles[row], field), without: (row) => why(profiles[row], path) })),
];

/** @param {number} row The worst, and how many other words there are. */
function findingsCell(row) {
  const [worst, ...others] = findingWords(profiles[row]);
  return worst ? make('span', {}, severityBadge(worst), others.length ? `+${others.length}` : '') : '';
}

const listedPersons = persons.filter(({ profiles, owns, roster }) => profiles.length + owns.length > 1 || roster);
/** @param {number} row */
const weakest = (row) => ordered(listedPersons[row].links.map(({ strength }) => strength), STRENGTHS)[0] ?? '';
/** @type {Column[]} */
const personColumns = [
  { title: 'Name', width: 14, shown: true, value: (row) => personName(listedPersons[row]) },
  { title: 'Profiles', width: 6, shown: true, value: (row) => listedPersons[row].profiles.length,
    cell: (row) => (listedPersons[row].profiles.length ? null : muted('no profile')) },
  { title: 'Accounts', width: 20, shown: isWide,
    value: (row) => [...new Set(listedPersons[row].profiles.map((index) => accountName(profiles[index].account)))].join(', ') },
  { title: 'Weakest link', width: 8, shown: true, filter: STRENGTHS, value: weakest, without: () => 'no link',
    sort: (row) => rank(STRENGTHS, weakest(row)) },
  { title: 'Owns', width: 5, shown: isWide, value: (row) => listedPersons[row].owns.length },
  { title: 'Roster', width: 8, shown: true, filter: [], without: () => '(none)',
    value: (row) => words(listedPersons[row].roster?.status ?? '') },
];

/** @type {Table} */
const profileTable = new Table({ name: 'profiles', count: profiles.length, columns: profileColumns, selects: true,
  searchText: (row) => searchText(profiles[row]), open: (position) => panel.openRow(profileTable, position, profileView) });

/** @type {Table} */
const personTable = new Table({ name: 'persons', count: listedPersons.length, columns: personColumns,
  searchText: (row) => [...listedPersons[row].profiles.map((index) => searchText(profiles[index])),
    ...Object.values(listedPersons[row].roster ?? {})].join('\n'),
  open: (position) => panel.openRow(personTable, position, (row) => personView(listedPersons[row])) });
