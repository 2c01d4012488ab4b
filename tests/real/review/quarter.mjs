// An invented quarter, from two snapshots to the evidence of an off-boarding, as people would do it: each command with what it printed, and the
// page in a browser. COMMAND is the program; FOLDER is emptied and keeps what was made.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const { CHROMIUM = '/usr/bin/chromium', COMMAND = 'anyprofile', FOLDER = '.' } = process.env;
const command = COMMAND.includes('/') ? resolve(COMMAND) : COMMAND;
const folder = resolve(FOLDER, 'quarter');
/** How many lines of an output are printed here. */
const LINES = 8;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** Starts the sandbox as a server; returns it, and the variables that name its accounts. */
async function sandbox() {
  const server = spawn(command, ['sandbox', '--json', '--profiles', '25'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await new Promise((done) => createInterface({ input: server.stdout }).once('line', (text) => done([text])));
  const { anthropic, probely, scim, upsun } = JSON.parse(line);
  const variables = {
    ANTHROPIC_API_KEY: anthropic.api_key, ANTHROPIC_BASE_URL: anthropic.base_url,
    PROBELY_API_KEY: probely.api_key, PROBELY_API_BASE_URL: probely.base_url,
    SCIM_TOKEN: scim.token, SCIM_BASE_URL: scim.base_url,
    UPSUN_API_TOKEN: upsun.api_token, UPSUN_API_URL: upsun.base_url, UPSUN_AUTH_URL: upsun.auth_url,
  };
  return { server, variables: { ...variables, HOME: folder, PATH: process.env.PATH } };
}

const { server, variables } = await sandbox();

/** Runs the command, and prints it with what it printed. */
function run(code, ...words) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, env: variables, encoding: 'utf8' });
  console.log(`$ anyprofile ${words.join(' ')}`);
  for (const text of [stdout, stderr]) {
    const lines = text.split('\n').filter(Boolean);
    const more = lines.length > LINES ? [`… and ${lines.length - LINES} lines more`] : [];
    for (const line of [...lines.slice(0, LINES - more.length), ...lines.slice(LINES).length ? more : []]) console.log(`  ${line.slice(0, 160)}`);
  }
  console.log(`  exit ${status}\n`);
  assert.equal(status, code, stderr);
  return { stdout, stderr };
}

const records = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
const idOf = ({ id }) => `${id.service}:${id.account}/${id.kind}/${encodeURIComponent(id.native)}`;

try {
  // The old quarter; then somebody is promoted.
  run(0, 'export', '--to', 'q3.ndjson');
  const active = records(run(0, 'list', '--account', 'scim', '--status', 'active', '-o', 'ndjson').stdout);
  const promoted = idOf(active[2]);
  run(0, 'update', promoted, '--set', 'title=cto', '--yes');
  run(0, 'export', '--to', 'q4.ndjson');

  // The people who should be there: everybody of the directory, of whom one has left and one contract is over.
  const people = records(run(0, 'list', '--account', 'scim', '-o', 'ndjson').stdout).filter((each) => each.emails?.[0]?.address);
  const staying = people.filter((each) => each.status === 'active');
  const several = records(run(0, 'persons', '--account', 'probely', '--account', 'scim', '-o', 'ndjson').stdout).filter((each) => each.links.length);
  const leaver = staying[1];
  const contractor = staying.findLast((each) => each !== leaver && several.some((person) => person.profiles.includes(idOf(each))));
  const address = (each) => each.emails[0].address;
  const row = (each) => `${address(each)},${each === leaver ? 'left' : 'active'},${each === contractor ? '2026-09-30,contractor' : ','}`;
  writeFileSync(join(folder, 'people.csv'), `email,status,leave_date,type\n${people.map(row).join('\n')}\n`);

  // The review in a CI.
  writeFileSync(join(folder, 'policy.toml'), run(0, 'review', 'policy').stdout);
  const files = ['--html', 'review.html', '--sarif', 'review.sarif', '--junit', 'review.xml', '--headline', 'headline.txt'];
  const review = run(10, 'review', '--snapshot', 'q4.ndjson', '--since', 'q3.ndjson', '--policy', 'policy.toml', '--roster', 'people.csv', '--fail-on', 'high', ...files);
  assert.match(review.stderr, /0 added, 0 gone, 1 changed/);
  const findings = records(run(0, 'review', '--snapshot', 'q4.ndjson', '--roster', 'people.csv', '-o', 'ndjson').stdout);
  const left = findings.filter((each) => each.check === 'left' && each.state === 'violated');
  assert.ok(left.some((each) => each.profiles[0] === idOf(leaver)), 'the leaver is found');
  assert.ok(left.some((each) => each.message.startsWith('the contract ended')), 'the contractor is found');

  // Reviewers decide.
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.goto(pathToFileURL(join(folder, 'review.html')).href);
  const verdict = await page.locator('#verdict').textContent();
  console.log(`in the browser: ${verdict}`);
  assert.match(verdict, /^Complete/);
  await page.locator('#profiles input[type=search]').fill(idOf(leaver));
  await page.locator('#profiles .rows tbody tr:not(.space)').first().click();
  await page.locator('dialog input[value=remove]').check();
  await page.locator('dialog textarea').fill('Left in October.');
  await page.getByRole('button', { name: 'Record the decision' }).click();
  await page.keyboard.press('Escape');
  await page.getByLabel('Reviewer').fill('Grace Hopper');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save decisions' }).click()]);
  await download.saveAs(join(folder, 'decisions.json'));
  await browser.close();
  console.log(`in the browser: saved ${download.suggestedFilename()}\n`);

  // What they decided is carried out.
  run(0, 'review', 'apply', 'decisions.json', '--dry-run');
  run(0, 'review', 'apply', 'decisions.json', '--yes');
  const now = records(run(0, 'get', idOf(leaver), '-o', 'ndjson').stdout);
  assert.equal(now[0].status, 'suspended');

  // The contractor leaves every account.
  const accounts = ['--account', 'probely', '--account', 'scim'];
  run(0, 'offboard', address(contractor), ...accounts, '--yes', '--evidence', 'evidence.json');
  const { evidence } = JSON.parse(readFileSync(join(folder, 'evidence.json'), 'utf8'));
  assert.ok(evidence.before.found.some((each) => each.kind === 'profile'));
  assert.ok(!evidence.after.found.some((each) => each.kind === 'profile'), 'no profile may act');
  assert.ok(evidence.after.not_known.some((each) => each.kind === 'session'), 'what is not known is said');

  // The next review finds neither of them.
  const next = records(run(0, 'review', '--roster', 'people.csv', '-o', 'ndjson').stdout);
  const still = next.filter((each) => each.check === 'left' && each.state === 'violated').map((each) => each.profiles[0]);
  assert.ok(!still.includes(idOf(leaver)) && !still.includes(idOf(contractor)), `${still}`);
  console.log('the quarter is done');
} finally {
  server.kill();
}
