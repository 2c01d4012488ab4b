// Drives the page in a browser. PAGE names a page of the Rust program to check instead of the sample; SCREENSHOTS names a folder for pictures.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { HOSTILE, pageOf, sampleData } from './sample.mjs';

const { CHROMIUM = '/usr/bin/chromium', PAGE, SCREENSHOTS } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'review-page-'));
const sampleOnly = { skip: PAGE ? 'needs the sample' : false };
const bulky = 50_000;
let browser;
let data;
let file;

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  file = PAGE ? resolve(PAGE) : join(folder, 'review.html');
  if (!PAGE) writeFileSync(file, pageOf(sampleData()));
  data = JSON.parse(/<script id="data" type="application\/json">(.*?)<\/script>/s.exec(readFileSync(file, 'utf8'))[1]);
});

after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** Opens a page and records whatever a clean page does not do. */
async function open({ path = file, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => !/^(file|blob):/.test(request.url()) && problems.push(request.url()));
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.accept();
  });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
  });
  await page.goto(pathToFileURL(path).href);
  return { page, problems, requests, close: () => context.close() };
}

const names = (page, table = 'profiles') => page.locator(`#${table} .rows tbody tr:not(.space) td:nth-child(${table === 'profiles' ? 2 : 1})`).allTextContents();
const rows = (page) => page.locator('#profiles .rows tbody tr:not(.space)');
const shownName = (profile) => profile.name || profile.email || profile.id;
const count = (page) => page.locator('#profiles .count').textContent();
const select = (page, title) => page.locator('#profiles .controls label', { hasText: title }).locator('select');

test('the page opens without a request, an error or a violation', async () => {
  const { page, problems, requests, close } = await open();
  await page.waitForTimeout(300);
  assert.deepEqual(problems, []);
  assert.deepEqual(requests, [pathToFileURL(file).href]);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.equal(await count(page), `${data.profiles.length.toLocaleString('en')} of ${data.profiles.length.toLocaleString('en')} row${data.profiles.length === 1 ? '' : 's'}`);
  await close();
});

test('hostile names run nothing and hide nothing', sampleOnly, async () => {
  const { page, problems, close } = await open();
  for (let index = 0; index < HOSTILE.length; index += 1) {
    await rows(page).nth(index).click();
    assert.equal((await page.locator('dialog .facts dd').first().textContent()).length >= HOSTILE[index].length, true, 'whole in the panel');
    await page.keyboard.press('Escape');
  }
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => window.attacked), undefined);
  assert.deepEqual(problems, []);
  const shown = await names(page);
  assert.equal(shown[0], HOSTILE[0]);
  assert.equal(shown[6], 'Ada ⟨U+202E⟩cod.exe⟨U+202C⟩ Lovelace');
  assert.equal(shown[7], 'line⟨U+000A⟩break⟨U+0009⟩tab⟨U+0000⟩null⟨U+200B⟩zero');
  assert.equal(await page.locator('main img, main script').count(), 0);
  const heights = await rows(page).evaluateAll((all) => [...new Set(all.map((row) => row.getBoundingClientRect().height))]);
  assert.equal(heights.length, 1, `rows differ in height: ${heights}`);
  await close();
});

test('search, filters and sort show the right rows', async () => {
  const { page, close } = await open();
  const last = shownName(data.profiles.at(-1));
  await page.locator('#profiles input[type=search]').fill(data.profiles.at(-1).id);
  assert.ok((await names(page)).includes(last));
  await page.getByRole('button', { name: 'Clear filters' }).first().click();

  const off = data.profiles.filter((each) => each.mfa === false).length;
  if (off) {
    await select(page, 'MFA').selectOption({ label: `off (${off.toLocaleString('en')})` });
    assert.match(await count(page), new RegExp(`^${off.toLocaleString('en')} of `));
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
  }
  const unknown = data.profiles.filter((each) => each.mfa_state !== 'value').length;
  if (unknown) {
    await select(page, 'MFA').selectOption({ label: `not known (${unknown.toLocaleString('en')})` });
    assert.match(await count(page), new RegExp(`^${unknown.toLocaleString('en')} of `));
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
  }

  const collator = new Intl.Collator('en', { numeric: true });
  const sorted = data.profiles.map(shownName).sort(collator.compare);
  await page.locator('#profiles th button', { hasText: 'Name' }).click();
  assert.equal(await page.locator('#profiles th[aria-sort=ascending]').textContent(), 'Name');
  const first = (await names(page))[0];
  await page.locator('#profiles th button', { hasText: 'Name' }).click();
  assert.equal(await page.locator('#profiles th[aria-sort=descending]').textContent(), 'Name');
  const final = (await names(page))[0];
  if (!PAGE) assert.deepEqual([first, final], [sorted[0], sorted.at(-1).replace('\ud800', '⟨U+D800⟩')]);
  await close();
});

test('two filters and a search narrow the rows together', sampleOnly, async () => {
  const { page, close } = await open();
  const expected = data.profiles.filter((each) => each.status === 'active' && each.mfa === true && each.name.includes('Ada'));
  const active = data.profiles.filter((each) => each.status === 'active').length;
  const on = data.profiles.filter((each) => each.mfa === true).length;
  await select(page, 'Status').selectOption({ label: `active (${active})` });
  await select(page, 'MFA').selectOption({ label: `on (${on})` });
  await page.locator('#profiles input[type=search]').fill('ada');
  assert.equal(await count(page), `${expected.length} of 200 rows`);
  await close();
});

test('the keyboard opens a row, and Escape returns the focus to it', async () => {
  const { page, close } = await open();
  await rows(page).first().focus();
  const end = Math.min(2, data.profiles.length - 1);
  for (let step = 0; step < end; step += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'panel-title');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.position), String(end));
  await page.keyboard.press('End');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.position), String(data.profiles.length - 1));
  await page.keyboard.press('PageUp');
  await page.keyboard.press('Home');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.position), '0');
  await close();
});

test('a row shows every field with its state', sampleOnly, async () => {
  const { page, close } = await open();
  const index = data.profiles.findIndex((each) => each.account === 0 && each.mfa_state === 'null');
  await page.locator('#profiles input[type=search]').fill(data.profiles[index].id);
  await page.locator('#profiles .rows .link').first().click();
  const field = (name) => page.locator('dialog .fields tbody tr', { has: page.locator('th', { hasText: name }) }).locator('td').allTextContents();
  assert.deepEqual(await field('security.mfa_enabled'), ['(not known)', 'users']);
  assert.deepEqual(await field('external_id'), ['(none)', 'users']);
  assert.deepEqual(await field('phone'), ['- not supported', '']);
  assert.deepEqual(await field('locale'), ['(withheld)', 'the token lacks the permission "users:read_locale"']);
  assert.deepEqual(await field('billing.plan'), ['? not sent', '']);
  await page.keyboard.press('Escape');

  // An address that is not there is not the same as none.
  const without = data.profiles.find((each) => each.email === null);
  await page.locator('#profiles input[type=search]').fill(without.id.replace(/.*:/, ''));
  assert.equal(await rows(page).first().locator('td').nth(2).textContent(), '? not sent');

  // A profile may differ from its account.
  await page.locator('#profiles input[type=search]').fill(`${data.profiles[7].id.replace(/.*:/, '')}`);
  await rows(page).first().click();
  assert.deepEqual(await field('phone'), ['? not sent', '']);
  assert.deepEqual(await field('billing.plan'), ['(withheld)', '']);
  await close();
});

test('a finding shows 20 people and finds all in the table', sampleOnly, async () => {
  const { page, close } = await open();
  await page.locator('#findings .more').evaluateAll((all) => all.forEach((more) => more.click()));
  const finding = page.locator('#findings .finding', { hasText: 'and 35 more' });
  assert.equal(await finding.locator('.who').count(), 20);
  await finding.getByRole('button', { name: 'Show all 55' }).click();
  assert.equal(await count(page), '55 of 200 rows');
  await close();
});

test('persons open with their links and their entry in the roster', sampleOnly, async () => {
  const { page, close } = await open();
  const index = data.persons.findIndex((each) => each.profiles.length > 1 && each.roster);
  const person = data.persons[index];
  await page.locator('#persons input[type=search]').fill(data.profiles[person.profiles[1]].id);
  await page.locator('#persons .rows .link').first().click();
  const text = await page.locator('dialog').textContent();
  assert.match(text, /the entry in the roster: employee number, strong/);
  assert.match(text, /managergrace_hopper@example\.com/);
  await page.locator('dialog .people .link').nth(1).click();
  assert.equal(await page.locator('dialog .facts dd').last().textContent().then((last) => last.length > 0), true);
  await page.getByRole('button', { name: 'Back' }).click();
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.closest('section').id), 'persons');
  await close();
});

test('somebody in the roster without a profile is a person', sampleOnly, async () => {
  const { page, problems, close } = await open();
  await page.locator('#persons input[type=search]').fill(HOSTILE[11]);
  await page.locator('#persons select').last().selectOption({ label: `left (${data.persons.filter((each) => each.roster?.status === 'left').length})` });
  const row = page.locator('#persons .rows tbody tr', { hasText: 'no profile' });
  assert.match(await row.textContent(), new RegExp(HOSTILE[11]));
  await row.click();
  assert.match(await page.locator('dialog').textContent(), /employee numberE-1/);
  assert.deepEqual(problems, []);
  await close();
});

async function decide(page, decision, reason) {
  await page.locator(`dialog input[value=${decision}]`).check();
  await page.locator('dialog textarea').fill(reason);
  await page.getByRole('button', { name: 'Record the decision' }).click();
}

async function save(page) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save decisions' }).click()]);
  const path = join(folder, `saved-${Date.now()}.json`);
  await download.saveAs(path);
  return { path, name: download.suggestedFilename(), text: readFileSync(path, 'utf8') };
}

const message = (page) => page.locator('#decisions .message').textContent();

async function load(page, path) {
  await page.locator('#decisions .message').evaluate((element) => (element.textContent = ''));
  await page.locator('#decisions input[type=file]').setInputFiles(path);
  await page.waitForFunction(() => document.querySelector('#decisions .message').textContent !== '');
  return message(page);
}

test('decisions are recorded, saved, loaded again, and refused when altered', async () => {
  const { page, problems, close } = await open();
  await rows(page).first().click();
  await decide(page, 'remove', '  ');
  assert.equal(await page.locator('dialog .error').textContent(), 'A reason is required for remove.');
  await decide(page, 'remove', 'Left “us” 😀\nfor <good>');
  await page.getByRole('button', { name: 'Close' }).click();
  const several = Math.min(3, data.profiles.length);
  if (several > 1) {
    for (let index = 1; index < several; index += 1) await rows(page).nth(index).locator('.pick input').check();
    await page.getByRole('button', { name: /^Decide for/ }).click();
    await decide(page, 'keep', '');
  }
  await page.getByRole('button', { name: 'Save decisions' }).click();
  await page.waitForFunction(() => document.querySelector('#decisions .message').textContent !== '');
  assert.equal(await message(page), 'Not saved: the name of the reviewer is required.');
  await page.getByLabel('Reviewer').fill('Grace Hopper');
  const { path, name, text } = await save(page);
  assert.equal(name, `decisions-${data.id.slice(0, 8)}.json`);

  const [, content, hash] = /^\{"decisions":(.*),"sha256":"([0-9a-f]{64})"\}\n$/s.exec(text);
  assert.equal(createHash('sha256').update(content).digest('hex'), hash);
  const saved = JSON.parse(content);
  assert.equal(JSON.stringify(saved), content);
  assert.match(saved.decided, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const expected = [{ id: data.profiles[0].id, decision: 'remove', reason: 'Left “us” 😀\nfor <good>' },
    ...data.profiles.slice(1, several).map(({ id }) => ({ id, decision: 'keep', reason: '' }))];
  assert.deepEqual({ ...saved, decided: '' }, { format: 'anyprofile.decisions', version: 1, review: data.id, seal: data.snapshot.seal,
    reviewer: 'Grace Hopper', decided: '', decisions: expected });

  await page.waitForTimeout(400);
  await page.reload();
  assert.match(await page.locator('.progress').textContent(), new RegExp(`^${several} of `));
  await page.evaluate(() => localStorage.clear());
  await page.goto('about:blank');
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(() => localStorage.clear());

  const altered = join(folder, 'altered.json');
  writeFileSync(altered, text.replace('"remove"', '"keep"'));
  assert.match(await load(page, altered), /its hash is wrong/);
  const foreign = content.replace(data.id, '0'.repeat(64));
  const other = join(folder, 'other.json');
  writeFileSync(other, `{"decisions":${foreign},"sha256":"${createHash('sha256').update(foreign).digest('hex')}"}\n`);
  assert.match(await load(page, other), /another review/);
  writeFileSync(other, 'not json');
  assert.match(await load(page, other), /not a decisions file/);
  assert.equal(await load(page, path), `Loaded ${several} decision${several === 1 ? '' : 's'} of Grace Hopper.`);
  assert.deepEqual(problems, []);
  await close();
});

test('unsaved decisions survive a reload and warn before the page is left', async () => {
  const { page, problems, close } = await open();
  await rows(page).first().click();
  await decide(page, 'ask', '');
  await page.keyboard.press('Escape');
  await page.reload();
  assert.equal(problems.length, 1, 'one warning');
  assert.match(problems[0], /^dialog/);
  assert.match(await page.locator('.progress').textContent(), /^1 of .*not saved/);
  await close();
});

test('an undecided row leaves the filter when it is decided, and Next opens the following one', sampleOnly, async () => {
  const { page, close } = await open();
  await select(page, 'Decision').selectOption({ label: 'undecided' });
  await rows(page).nth(12).click();
  await decide(page, 'keep', '');
  assert.equal(await count(page), '199 of 200 rows');
  await page.getByRole('button', { name: 'Next' }).click();
  assert.equal(await page.locator('#panel-title').textContent(), HOSTILE[13]);
  await page.getByRole('button', { name: 'Previous' }).click();
  assert.equal(await page.locator('#panel-title').textContent(), HOSTILE[12]);
  await close();
});

test('the page prints', async () => {
  const { page, close } = await open();
  const pdf = await page.pdf({ preferCSSPageSize: true });
  assert.ok(pdf.length > 20_000);
  assert.ok((await rows(page).count()) <= 100, 'the rows for the printer are gone again');
  await close();
});

async function violations(page) {
  // At the top the fixed navigation covers nothing.
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
}

for (const [name, options] of Object.entries({ light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, narrow: { viewport: { width: 360, height: 740 } } })) {
  test(`axe finds nothing: ${name}, also with a row open`, async () => {
    // Playwright cannot add a script to a page whose policy forbids it; the policy is checked above.
    const { page, close } = await open({ ...options, bypassCSP: true });
    await rows(page).nth(Math.min(2, data.profiles.length - 1)).locator('.pick input').check();
    assert.deepEqual(await violations(page), []);
    await rows(page).first().click();
    assert.deepEqual(await violations(page), []);
    await close();
  });
}

test('the narrow page does not scroll sideways', async () => {
  const { page, close } = await open({ viewport: { width: 360, height: 740 } });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await close();
});

test('an empty review opens', sampleOnly, async () => {
  const path = join(folder, 'empty.html');
  writeFileSync(path, pageOf({ ...sampleData({ rows: 0 }), accounts: [], overview: { accounts: [] }, fields: [], changes: null }));
  const { page, problems, close } = await open({ path });
  assert.equal(await count(page), '0 of 0 rows');
  assert.deepEqual(problems, []);
  await close();
});

/** Milliseconds from an action to the end of the frame after it. */
const timed = (page, action, argument) => page.evaluate(async ([source, value]) => {
  const start = performance.now();
  new Function('value', source)(value);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}, [action, argument]);

test('50,000 rows stay quick', sampleOnly, async () => {
  const path = join(folder, 'bulky.html');
  writeFileSync(path, pageOf(sampleData({ rows: bulky, seed: 7 })));
  const started = performance.now();
  const { page, problems, close } = await open({ path, bypassCSP: true });
  await count(page);
  console.log(`open: ${Math.round(performance.now() - started)} ms`);
  await page.waitForTimeout(3000);
  const search = `const input = document.querySelector('#profiles input[type=search]'); input.value = value; input.dispatchEvent(new Event('input'));`;
  const filter = `const select = document.querySelectorAll('#profiles .controls select')[value[0]]; select.selectedIndex = value[1]; select.dispatchEvent(new Event('change'));`;
  const sort = `document.querySelectorAll('#profiles th button')[value].click();`;
  const scroll = `document.querySelector('#profiles .scroller').scrollTop = value;`;
  const openRow = `document.querySelectorAll('#profiles .rows .link')[value].click();`;
  const closeRow = `document.querySelector('dialog').close();`;
  const pick = `document.querySelector('#profiles thead input').click();`;
  const measured = {
    search: [search, ['a', 'ad', 'ada', 'ada l', 'ada lovelace 4', 'nothing at all', 'example.com 77', '']],
    filter: [filter, [[1, 1], [3, 1], [3, 2], [4, 2], [5, 1], [6, 1], [1, 0], [3, 0], [4, 0], [5, 0], [6, 0]]],
    sort: [sort, [0, 0, 1, 2, 4, 5, 6, 8, 9, 9]],
    scroll: [scroll, [100, 900, 5000, 64_000, 700_000, 1_500_000, 1_599_000, 0]],
    'open a row': [openRow, [0]],
    'close it': [closeRow, [0]],
    'open another': [openRow, [5]],
    'close that': [closeRow, [0]],
    'select all': [pick, [0, 0, 0]],
    'open a decision for all': [`document.querySelector('#profiles .line button').click();`, [0]],
    'record it': [`document.querySelector('dialog input').checked = true; document.querySelector('dialog form').requestSubmit();`, [0]],
    'store it, unseen': [`window.dispatchEvent(new Event('pagehide'));`, [0]],
  };
  for (const [name, [action, values]] of Object.entries(measured)) {
    const times = [];
    for (const value of values) {
      times.push(await timed(page, action, value));
      assert.ok((await rows(page).count()) <= 100);
    }
    const sorted = times.toSorted((a, b) => a - b);
    console.log(`${name}: median ${sorted[Math.floor(sorted.length / 2)].toFixed(0)} ms, max ${sorted.at(-1).toFixed(0)} ms of ${sorted.length}`);
  }
  assert.deepEqual(problems, []);
  await close();
});

test('pictures', { skip: SCREENSHOTS ? false : 'SCREENSHOTS is not set' }, async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const wanted = {
    light: [{ colorScheme: 'light' }, '', 'findings', 'profiles', 'persons', 'decisions', 'panel'],
    dark: [{ colorScheme: 'dark' }, '', 'panel'],
    narrow: [{ viewport: { width: 360, height: 740 } }, '', 'profiles'],
    'right-to-left': [{}, 'profiles'],
    print: [{}, ''],
  };
  for (const [name, [options, ...parts]] of Object.entries(wanted)) {
    const { page, close } = await open(options);
    if (name === 'right-to-left') await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
    if (name === 'print') await page.emulateMedia({ media: 'print' });
    for (const part of parts) {
      if (part === 'panel') await rows(page).nth(Math.min(10, data.profiles.length - 1)).click();
      else if (part) await page.locator(`#${part}`).evaluate((element) => element.scrollIntoView({ behavior: 'instant' }));
      await page.screenshot({ path: join(SCREENSHOTS, `${[name, part].filter(Boolean).join('-')}.png`) });
    }
    await close();
  }
});
