// The other sections, and the page that they are put together to.

function findingsSection() {
  const groups = ordered(findings.map(({ severity }) => severity), SEVERITIES).map((severity) => {
    const group = findings.filter((each) => each.severity === severity)
      .sort((a, b) => rank(FINDING_STATES, a.state) - rank(FINDING_STATES, b.state));
    return make('section', { class: 'group' },
      make('h3', {}, severityBadge(severity), counted(group.length, 'finding')),
      ...growingList(group, (finding) => findingItem(finding), 'findings'));
  });
  return section('findings', 'Findings', ...(groups.length ? groups : ['No findings.']));
}

function profilesSection() {
  const { rows } = profileTable;
  const decide = button('', () => panel.open(severalView(Array.from(rows.all.filter((row) => rows.selected[row])), () => {
    panel.close();
    profileTable.focusPosition();
  }, () => rows.selected.fill(0))));
  const clear = button('Clear selection', () => profileTable.select(rows.all, false));
  profileTable.actions.append(decide, clear);
  profileTable.onChange = () => {
    const count = rows.selected.reduce((total, one) => total + one, 0);
    const others = count - rows.matched.reduce((total, row) => total + rows.selected[row], 0);
    decide.textContent = `Decide for ${number(count)} selected${others ? ` (${number(others)} of them not shown)` : ''}`;
    decide.hidden = clear.hidden = count === 0;
  };
  profileTable.onChange();
  return section('profiles', 'Profiles', profileTable.element);
}

function personsSection() {
  const item = (/** @type {Ambiguity} */ { reason, rule, profiles: rows, count = rows.length }) => make('li', {},
    make('p', {}, make('strong', {}, words(reason)), rule ? ` (${words(rule)})` : '', `: ${counted(count, 'profile')}`,
      count > rows.length ? `, ${number(count - rows.length)} not listed` : ''),
    people(rows, words(reason)));
  return section('persons', 'Persons',
    make('p', {}, 'Persons with more than one profile, with profiles that they own, or with an entry in the roster.'),
    personTable.element,
    make('h3', {}, 'Not linked, for somebody to decide'),
    ...(review.ambiguities.length ? growingList(review.ambiguities, item, 'ambiguities') : ['None.']));
}

function decisionsSection() {
  const name = make('input', { type: 'text', autocomplete: 'name', dir: 'auto' });
  const file = make('input', { type: 'file', accept: '.json,application/json' });
  const message = make('p', { class: 'message', role: 'status' });
  const totals = make('div');

  /** @param {string} failure @param {() => Promise<string>} action Says what an action did, or why it failed. */
  async function say(failure, action) {
    try {
      message.textContent = visible(await action());
    } catch (error) {
      message.textContent = visible(`${failure}: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }
  async function save() {
    if (!decisions.reviewer()) {
      name.focus();
      throw new Error('the name of the reviewer is required');
    }
    const url = URL.createObjectURL(new Blob([await decisions.toFile()], { type: 'application/json' }));
    const download = `decisions-${review.id.slice(0, 8)}.json`;
    make('a', { href: url, download }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    decisions.changed(false);
    return `Saved ${counted(decisions.count(), 'decision')} as ${download}.`;
  }
  /** @param {File} chosen */
  async function load(chosen) {
    const use = await decisions.fromFile(await chosen.arrayBuffer());
    const question = `Replace the ${counted(decisions.count(), 'decision')} on this page, which are not saved?`;
    if (decisions.areUnsaved() && !window.confirm(question)) return 'Nothing was loaded.';
    use();
    name.value = decisions.reviewer();
    return `Loaded ${counted(decisions.count(), 'decision')} of ${decisions.reviewer()}.`;
  }

  name.value = decisions.reviewer();
  name.addEventListener('input', () => decisions.setReviewer(name.value));
  file.addEventListener('change', () => {
    const chosen = file.files?.[0];
    if (chosen) void say('Not loaded', () => load(chosen)).then(() => (file.value = ''));
  });
  decisions.onChange(() => {
    const counts = decisions.counts();
    totals.replaceChildren(plainTable('Profiles by decision', Object.keys(counts), [Object.values(counts)], 'numbers level'));
  });
  return section('decisions', 'Decisions',
    make('p', {}, 'Open a profile, or select several, to decide. The page sends nothing: save the decisions as a file and hand it on.'),
    totals,
    make('div', { class: 'controls' },
      make('label', {}, make('span', {}, 'Reviewer (required to save)'), name),
      button('Save decisions', () => void say('Not saved', save), 'main'),
      make('label', {}, make('span', {}, 'Load decisions'), file)),
    message);
}

function navigationBar() {
  const progress = make('span', { class: 'progress', dir: 'auto' });
  decisions.onChange(() => {
    const state = decisions.areUnsaved() ? ', not saved' : '';
    progress.textContent = `${number(decisions.count())} of ${number(profiles.length)} decided${state}`;
  });
  const link = (/** @type {string} */ title, /** @type {number} */ count = -1) =>
    make('a', { href: `#${title.toLowerCase()}` }, title, count < 0 ? '' : make('small', {}, ` ${number(count)}`));
  return make('nav', { 'aria-label': 'Sections' }, link('Overview'), link('Findings', findings.length),
    link('Profiles', profiles.length), link('Persons', personTable.options.count), link('Decisions'), progress);
}

document.getElementById('verdict')?.classList.add(isWhole ? 'is-complete' : 'is-incomplete');
main.append(navigationBar(), overviewSection(), findingsSection(), profilesSection(), personsSection(), decisionsSection(), panel.dialog);
decisions.onChange(() => profileTable.apply(true));
decisions.changed(decisions.areUnsaved());
