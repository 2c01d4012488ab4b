// What the panel shows: a profile, a person, and the form for a decision.

const PEOPLE_SHOWN = 20;
/** @param {string} text */
const severityBadge = (text) => make('span', { class: `badge severity-${rank(SEVERITIES, text)}` }, cut(text, 40));

/** @param {number} index */
function profileLink(index) {
  const link = button('', () => panel.open(profileView(index)), 'link');
  link.append(isolated(cut(profileName(index))));
  return make('span', { class: 'who' }, link, make('small', {}, accountName(profiles[index].account)));
}

/** @param {number[]} rows @param {string} title The first few, and a way to all. */
function people(rows, title) {
  const items = rows.slice(0, PEOPLE_SHOWN).map((row) => /** @type {Child[]} */ ([profileLink(row)]));
  if (rows.length > PEOPLE_SHOWN) {
    items.push([`and ${number(rows.length - PEOPLE_SHOWN)} more `, button(`Show all ${number(rows.length)} in the table`, () => {
      panel.close();
      profileTable.showOnly(rows, title);
    })]);
  }
  return list(items, 'people');
}

/** @param {Finding} finding @param {boolean} [showsPeople] */
function findingItem({ rule, state, account, message, exception, profiles: rows, name }, showsPeople = true) {
  return make('li', { class: `finding ${state === 'violated' ? 'is-violated' : ''}` },
    make('p', {}, make('span', { class: 'badge' }, words(state)), ' ', make('strong', {}, rule),
      account === null ? '' : make('small', {}, ` ${accountName(account)}`)),
    make('p', { dir: 'auto' }, message),
    exception ? make('p', {}, 'Excepted: ', isolated(exception.reason), ', approved by ', isolated(exception.approver),
      `, expires ${exception.expires}`) : '',
    !rows.length && name ? make('p', {}, isolated(name)) : '',
    showsPeople && rows.length ? people(rows, `${rule}, ${words(state)}`) : '');
}

/** @param {number} index @returns {View} */
function profileView(index) {
  const profile = profiles[index];
  const content = () => [
    facts({ Name: profile.name || '(none)', Account: accountName(profile.account), 'E-mail': wordFor(profile, 'email'),
      Status: wordFor(profile, 'status'), MFA: wordFor(profile, 'mfa'), 'Last sign-in': wordFor(profile, 'login'),
      Privileged: profile.privileged.join(', ') || 'not known to be', Id: profile.id }),
    make('h3', {}, 'Decision'), decisionForm([index], () => panel.recorded()),
    make('h3', {}, `Findings (${profile.findings.length})`),
    profile.findings.length
      ? make('ul', { class: 'findings' }, ...profile.findings.map((each) => findingItem(findings[each], false)))
      : 'None.',
    make('h3', {}, 'Person'),
    ...(profile.person === null ? ['Not linked to a person.'] : personParts(persons[profile.person], index)),
    fieldTable(profile),
    ...profile.missing.map(({ view, reason }) =>
      make('p', { class: 'notice' }, `Not read from ${views[view] ?? 'a record'}: ${words(reason)}`)),
  ];
  return { title: profileName(index), content };
}

/** @param {Person} person @returns {View} */
const personView = (person) => ({ title: personName(person), content: () => personParts(person) });

/** @param {Person} person @param {number} [self] the profile that is shown already @returns {Child[]} */
function personParts(person, self) {
  const { links, owns, roster } = person;
  const others = person.profiles.filter((index) => index !== self);
  const end = (/** @type {number | null} */ index) => index === null
    ? 'the entry in the roster'
    : make('span', {}, isolated(cut(profileName(index))), ` (${accountName(profiles[index].account)})`);
  /** @type {Child[]} */
  const parts = self !== undefined && owns.includes(self) ? [make('p', {}, 'Owned by ', isolated(cut(personName(person))), '.')] : [];
  parts.push(make('h4', {}, self === undefined ? 'Profiles' : 'Other profiles'),
    others.length ? people(others, `profiles of ${cut(personName(person), 80)}`) : 'None.');
  if (links.length) {
    parts.push(make('h4', {}, 'Links'), list(links.map(({ one, other, rule, strength }) =>
      [end(one), ' and ', end(other), `: ${words(rule)}, `, make('strong', {}, strength)])));
  }
  if (owns.length) parts.push(make('h4', {}, 'Owns'), people(owns, `owned by ${cut(personName(person), 80)}`));
  if (roster) {
    parts.push(make('h4', {}, 'Roster'), facts(Object.fromEntries(Object.entries(roster)
      .map(([key, value]) => [words(key), key === 'status' ? words(value ?? '') : value || '(none)']))));
  }
  return parts;
}

/** @param {Profile} profile Fields with a value come first. */
function fieldTable(profile) {
  const rows = fields.map((path, field) => {
    const state = fieldState(profile, field);
    const isSent = state === 'value' || state === 'null';
    const from = isSent ? views[profile.origins[field] ?? profile.view ?? -1] : accounts[profile.account].withheld[field];
    const value = profile.values[field];
    const lines = Array.isArray(value) && value.length > 1 ? list(value.map((each) => [isolated(plainText(each))])) : plainText(value);
    return { state, cells: [path, state === 'value' ? lines || '(empty)' : muted(why(profile, path)), from ?? ''] };
  });
  rows.sort((a, b) => Number(b.state === 'value') - Number(a.state === 'value'));
  return plainTable('All fields', ['Field', 'Value', 'From'], rows.map(({ cells }) => cells), 'fields');
}

/** @param {number[]} rows @param {() => void} done @param {() => void} [prepare] is called before the decision is recorded */
function decisionForm(rows, done, prepare = () => {}) {
  const current = rows.length === 1 ? decisions.get(rows[0]) : undefined;
  const choices = Object.entries(decisions.MEANINGS).map(([word, meaning]) => {
    const radio = make('input', { type: 'radio', name: 'decision', value: word });
    radio.checked = word === current?.decision;
    return { radio, label: make('label', {}, radio, make('span', {}, make('strong', {}, word), `: ${meaning}`)) };
  });
  const reason = make('textarea', { rows: '2', dir: 'auto', 'aria-describedby': 'decision-error' });
  reason.value = current?.reason ?? '';
  const error = make('p', { class: 'error', id: 'decision-error', role: 'alert' });
  const clear = button('Clear the decision', () => record(null));
  clear.hidden = !rows.some(decisions.get);
  const form = make('form', { class: 'decision' },
    make('fieldset', {}, make('legend', {}, `Decision for ${rows.length === 1 ? 'this profile' : counted(rows.length, 'profile')}`),
      ...choices.map(({ label }) => label)),
    make('label', {}, make('span', {}, 'Reason (required for remove and change)'), reason), error,
    make('div', { class: 'line' }, make('button', { type: 'submit', class: 'main' }, 'Record the decision'), clear));
  const typed = () => ({ decision: choices.find(({ radio }) => radio.checked)?.radio.value ?? '', reason: decisions.clean(reason.value) });
  panel.watch(() => typed().decision !== (current?.decision ?? '') || typed().reason !== (current?.reason ?? ''));

  /** @param {Decision | null} decision */
  function record(decision) {
    panel.watch(() => false);
    prepare();
    decisions.decide(rows, decision);
    done();
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wrong = decisions.problem(typed());
    error.textContent = wrong && `${wrong}.`;
    const needsReason = wrong !== '' && typed().decision !== '';
    reason.setAttribute('aria-invalid', String(needsReason));
    if (needsReason) reason.focus();
    if (!wrong) record(typed());
  });
  return form;
}

/** @param {number[]} rows @param {() => void} done @param {() => void} prepare @returns {View} */
const severalView = (rows, done, prepare) => ({ title: `Decide for ${counted(rows.length, 'profile')}`,
  content: () => [people(rows, 'the selected profiles'), decisionForm(rows, done, prepare)] });
