/* The live view of a real run, in a real browser. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, open, painted, violations } from './browser.js';

const build = process.env.BUILD ?? '../../build';
const LISTENERS = 16;
let browser;
let folder;
let run;
let url;
let absent = false;
let said = '';

/* Resolves when `said` has the pattern, or the run is over. */
const hears = (pattern) => new Promise((resolve) => {
  const look = () => {
    const found = said.match(pattern);
    if (found || run.exitCode !== null) resolve(found);
    else run.stderr.once('data', () => setImmediate(look));
  };
  run.once('exit', () => setImmediate(look));
  look();
});

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heapchurn-live-'));
  writeFileSync(join(folder, 'short.yaml'), 'question: Does the page show it?\nload: rounds\n'
    + 'peers: 4\nrounds: 150\ndrain: pollset\nquiet: 200ms\nreleased: 200ms\n');
  run = spawn(join(build, 'bin/heapchurn'), ['run', '--live', '--no-passes', '-w',
    join(folder, 'short.yaml'), '-a', 'glibc', '-r', '4', '-o', join(folder, 'run')]);
  run.stdout.resume();
  run.stderr.on('data', (data) => { said += data; });
  url = (await hears(/^live: (http:\S+)$/m))?.[1];
  absent = !url && said.includes('libmicrohttpd');
  browser = await launch();
});

after(async () => {
  run.kill('SIGINT');
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const status = (path, options = {}) => new Promise((resolve, reject) => {
  request(new URL(path, url), options, (response) => {
    response.destroy();
    resolve(response.statusCode);
  }).on('error', reject).end();
});

function needs(t) {
  if (absent) t.skip('built without libmicrohttpd');
  else assert.ok(url, said);
  return !absent;
}

test('strangers are refused', async (t) => {
  if (!needs(t)) return;
  const { host, port, origin } = new URL(url);
  assert.equal(await status('/'), 200);
  assert.equal(await status('/', { headers: { host: `localhost:${port}` } }), 200);
  assert.equal(await status('/', { headers: { host: `rebind.example:${port}` } }), 421);
  assert.equal(await status('/events', { headers: { host: '127.0.0.1' } }), 421);
  assert.equal(await status('/', { headers: { origin: 'http://evil.example' } }), 403);
  assert.equal(await status('/events', { headers: { 'sec-fetch-site': 'cross-site' } }), 403);
  assert.equal(await status('/', { headers: { host, origin } }), 200);
  assert.equal(await status('/', { method: 'POST' }), 405);
  assert.equal(await status('/elsewhere'), 404);
});

test('a name that was made to point here is refused in the browser', async (t) => {
  if (!needs(t)) return;
  const rebound = await launch('--host-resolver-rules=MAP rebind.example 127.0.0.1');
  const page = await rebound.newPage();
  const response = await page.goto(`http://rebind.example:${new URL(url).port}/`);
  assert.equal(response.status(), 421);
  await rebound.close();
});

test('no more than so many listen', async (t) => {
  if (!needs(t)) return;
  const listen = () => new Promise((resolve, reject) => {
    get(new URL('/events', url), resolve).on('error', reject);
  });
  const responses = [];
  for (let i = 0; i <= LISTENERS; i++) responses.push(await listen());
  assert.deepEqual(responses.map(({ statusCode }) => statusCode),
    [...new Array(LISTENERS).fill(200), 503]);
  responses.forEach((response) => response.destroy());
});

test('the page grows, a late one has the backlog, and the end is said', async (t) => {
  if (!needs(t)) return;
  const { page, faults } = await open(browser, url);
  const heard = (least) => page.waitForFunction((count) =>
    Number(document.documentElement.dataset.events) >= count, least);
  await heard(5);
  await page.waitForFunction(() => document.querySelector('.uplot'));
  assert.equal(await painted(page), 1);
  const events = Number(await page.evaluate(() => document.documentElement.dataset.events));
  await heard(events + 5);
  assert.match(await page.locator('#state').textContent(), /^Trial \d of 4: short, glibc, block \d/);

  const late = await open(browser, url, { colorScheme: 'dark' });
  await late.page.waitForFunction((count) =>
    Number(document.documentElement.dataset.events) >= count, events);
  for (const each of [page, late.page]) assert.deepEqual(await violations(each), []);

  /* A machine that is busy repeats noisy trials. */
  await page.waitForFunction(() => document.getElementById('state').textContent.includes('is over'),
    null, { timeout: 300000 });
  assert.match(await page.locator('tbody tr').first().textContent(), /4 of 4valid/);
  assert.deepEqual([...faults, ...late.faults], []);
  t.diagnostic((await hears(/^live: .*CPU.*$/m))[0]);
});
