// The overview: whether everything was read, and the counts.

const accountCounts = review.overview.accounts;

/** @param {string} lead @param {Iterable<string>} texts */
function notice(lead, texts = []) {
  const items = [...texts].map((text) => [isolated(text)]);
  return make('div', { class: 'notice' }, make('p', {}, lead), items.length ? list(items) : '');
}

function completeness() {
  const gaps = new Set(snapshot.gaps.map(({ account, gap }) => `${account}: ${gap}`));
  for (const account of accounts) for (const gap of account.gaps) gaps.add(`${account.account}: ${gap}`);
  const hidden = accounts.flatMap((account, index) => account.hidden.map((text) => `${accountName(index)}: ${text}`));
  return [
    make('h3', {}, 'Completeness'),
    snapshot.complete ? '' : notice('The snapshot is not complete. Profiles may be missing below.', gaps),
    snapshot.filtered ? notice('The snapshot was asked for some profiles only. All others are not below.') : '',
    isWhole ? make('p', { class: 'good' }, 'The snapshot is complete: it holds every profile that the accounts list.') : '',
    hidden.length ? notice('The accounts do not show everything:', hidden) : '',
    review.notes.length ? notice('To know when reading the findings:', review.notes) : '',
    facts({ Snapshot: snapshot.place, Read: `${when(snapshot.started)} to ${when(snapshot.ended)}`,
      'Review created': when(review.created), Seal: snapshot.seal, Review: review.id }),
  ];
}

function statusTable() {
  const statuses = [...new Set(accountCounts.flatMap((each) => Object.keys(each.statuses)))];
  const listing = (/** @type {boolean} */ isComplete) => (isComplete ? 'complete' : 'not complete');
  const rows = accountCounts.map((each) => [accountName(each.account), listing(accounts[each.account].complete), each.profiles,
    ...statuses.map((status) => each.statuses[status] ?? 0)]);
  if (accountCounts.length > 1) {
    rows.push(['All accounts', listing(snapshot.complete), sum(accountCounts.map((each) => each.profiles)),
      ...statuses.map((status) => sum(accountCounts.map((each) => each.statuses[status] ?? 0)))]);
  }
  return plainTable('Profiles by account and status', ['Account', 'Listing', 'Profiles', ...statuses.map((status) => cut(status, 40))],
    rows, 'numbers');
}

function mfaTable() {
  /** @type {Record<string, string>} */
  const reasons = { null: 'null', absent: 'not sent', unsupported: 'not supported', withheld: 'withheld' };
  const rows = accountCounts.map(({ account, profiles, mfa: { on, off, not_known: states } }) => {
    const unknown = sum(Object.values(states));
    return [accountName(account), bar([['good', 'on', on], ['bad', 'off', off], ['unknown', 'not known', unknown]], profiles),
      on, off, unknown, Object.entries(states).map(([state, count]) => `${number(count)} ${reasons[state] ?? state}`).join(', ')];
  });
  return plainTable('Multi-factor authentication (MFA)',
    ['Account', 'Share', legend('good', 'On'), legend('bad', 'Off'), legend('unknown', 'Not known'), 'Why not known'], rows,
    'numbers reasons');
}

function loginTable() {
  const labels = [...new Set(accountCounts.flatMap((each) => each.last_login.map(({ label }) => label)))];
  const table = labels.map((label) => accountCounts.map((each) => each.last_login.find((entry) => entry.label === label)?.count ?? 0));
  const most = Math.max(...table.map(sum));
  const several = accountCounts.length > 1;
  return plainTable('Last sign-in',
    ['Age', 'Share', 'Profiles', ...(several ? accountCounts.map(({ account }) => isolated(accountName(account))) : [])],
    labels.map((label, index) => [label, bar([[label === 'not known' ? 'unknown' : 'plain', label, sum(table[index])]], most),
      sum(table[index]), ...(several ? table[index] : [])]), 'numbers');
}

function privilegedTable() {
  const names = (/** @type {number[]} */ rows, /** @type {string} */ title) =>
    rows.length ? folded(number(rows.length), people(rows, title)) : 0;
  return plainTable('Owners and admins', ['Account', 'Owners', 'Admins', 'Not known'],
    accountCounts.map(({ account, owners, admins, owner_not_known: unknown }) => [accountName(account),
      names(owners, `owners of ${accountName(account)}`), names(admins, `admins of ${accountName(account)}`), unknown]));
}

function severityTable() {
  const rows = ordered([...SEVERITIES, ...findings.map(({ severity }) => severity)], SEVERITIES).map((severity) => ({ severity,
    counts: FINDING_STATES.map((state) => findings.filter((each) => each.severity === severity && each.state === state).length) }));
  const most = Math.max(...rows.map((row) => sum(row.counts)));
  return plainTable('Findings by severity',
    ['Severity', 'Share', legend('bad', 'Violated'), legend('unknown', 'Not known'), legend('plain', 'Excepted')],
    rows.map(({ severity, counts: [violated, unknown, excepted] }) => [severity,
      bar([['bad', 'violated', violated], ['unknown', 'not known', unknown], ['plain', 'excepted', excepted]], most),
      violated, unknown, excepted]), 'numbers');
}

/** @param {Changes} changes */
function changesPart(changes) {
  const kinds = Object.keys(changes).filter((key) => typeof changes[key] === 'number');
  const item = (/** @type {Changes['list'][number]} */ { word, name, id, fields: lines }) => make('li', {},
    make('strong', {}, words(word)), ' ', isolated(cut(name || id)), ' ', make('small', {}, isolated(id)),
    lines.length ? list(lines.map((line) => [isolated(line)])) : '');
  const title = `${counted(changes.list.length, 'change')}${changes.cut ? ' (the list is cut; use diff for all)' : ''}`;
  return make('div', {},
    make('h3', {}, `Changes since ${when(changes.since)}`),
    make('p', {}, 'Compared with ', isolated(changes.place), changes.whole ? '.' : '. The comparison does not cover everything.'),
    ...changes.notes.map((note) => notice(note)),
    plainTable('Profiles by change', kinds.map(words), [kinds.map((kind) => Number(changes[kind]))], 'numbers level'),
    changes.list.length ? folded(title, ...growingList(changes.list, item, '')) : '');
}

/** What was checked, so that no finding is not taken for no rule. */
function rulesTable() {
  const severity = (/** @type {string} */ name) => [0, 1, 2].map((state) =>
    findings.filter((each) => each.rule === name && each.state === FINDING_STATES[state]).length);
  const condition = (/** @type {Review['rules'][number]} */ { days, most, domains, where }) => [
    days === null ? '' : `${days} days`, most === null ? '' : `at most ${most}`, domains.join(', '), where ? `where ${where}` : '',
  ].filter(Boolean).join('; ');
  return plainTable('Policy', ['Rule', 'Check', 'Severity', 'If not known', 'Condition', 'Violated', 'Not known', 'Excepted'],
    review.rules.map((rule) => [rule.name, words(rule.check), rule.severity, rule.not_known, condition(rule),
      ...(rule.unchecked === null ? severity(rule.name) : [muted(`not checked: ${rule.unchecked}`), '', ''])]));
}

function overviewSection() {
  return section('overview', 'Overview', ...completeness(), statusTable(),
    make('div', { class: 'columns' }, mfaTable(), loginTable(), privilegedTable(), severityTable()), rulesTable(),
    review.changes ? changesPart(review.changes) : make('p', {}, 'No earlier snapshot was given to compare with.'));
}
