/* report.html in a real browser. The pages are made by pages.c. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drawn, launch, open, painted, violations } from './browser.js';

const build = process.env.BUILD ?? '../../build';
let browser;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heapchurn-pages-'));
  execFileSync(join(build, 'tests/browser_pages'), [folder]);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/* Until the first chart shows another stretch than `before`. */
const differs = (page, before) => page.waitForFunction((range) =>
  document.querySelector('.curves .uplot').dataset.range !== range, before);

const address = (name) => `file://${folder}/${name}.html`;

const CHARTS = { mixed: 4, drained: 4, hostile: 2, nothing: 1, 'one-sample': 2, 'two-workloads': 12,
  'many-rows': 101, big: 6 };

for (const [name, charts] of Object.entries(CHARTS))
  test(`${name}: all charts are drawn, nothing is loaded, nothing fails`, async () => {
    const { page, faults } = await open(browser, address(name));
    await drawn(page);
    assert.deepEqual(faults, []);
    assert.equal(await page.locator('.uplot').count(), charts);
    assert.equal(await painted(page), charts);
    assert.equal(await page.evaluate(() =>
      document.documentElement.scrollWidth <= document.documentElement.clientWidth), true);
    await page.context().close();
  });

for (const colorScheme of ['light', 'dark'])
  for (const name of ['two-workloads', 'mixed', 'hostile', 'nothing'])
    test(`${name}, ${colorScheme}: axe-core finds nothing`, async () => {
      const { page } = await open(browser, address(name), { colorScheme });
      await drawn(page);
      await page.evaluate(() => document.querySelectorAll('details').forEach((it) => (it.open = true)));
      assert.deepEqual(await violations(page), []);
      await page.context().close();
    });

test('the first screen answers both questions', async () => {
  const { page } = await open(browser, address('two-workloads'));
  await drawn(page);
  const cards = await page.locator('.card').all();
  assert.equal(cards.length, 2);
  for (const card of cards)
    for (const part of ['.headline', '.choose', 'table']) {
      const box = await card.locator(part).first().boundingBox();
      assert.ok(box.y + box.height <= 800, `${part} ends at ${box.y + box.height}`);
    }
  assert.match(await cards[0].locator('.headline').textContent(), /The peer leaks/);
  assert.match(await cards[1].locator('.headline').textContent(), /does not leak/);
  await page.context().close();
});

test('hovering shows values, dragging zooms, a double click goes back', async () => {
  const { page } = await open(browser, address('mixed'));
  await drawn(page);
  const over = page.locator('.curves .u-over');
  const value = page.locator('.curves .legend output').first();
  const range = () => page.locator('.curves .uplot').getAttribute('data-range');
  await over.scrollIntoViewIfNeeded();
  const box = await over.boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, y);
  assert.match(await value.textContent(), /^\d[\d.]* MiB \(/);
  const whole = await range();
  await page.mouse.move(box.x + box.width * 0.2, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, y, { steps: 4 });
  await page.mouse.up();
  await differs(page, whole);
  await over.dblclick();
  await page.waitForFunction((before) =>
    document.querySelector('.curves .uplot').dataset.range === before, whole);
  await page.context().close();
});

test('the keyboard reads values and zooms', async () => {
  const { page } = await open(browser, address('mixed'));
  await drawn(page);
  await page.locator('.curves .chart').focus();
  await page.keyboard.press('ArrowRight');
  const first = await page.locator('.curves .status').textContent();
  assert.match(first, /^cycle \d+.*: glibc \d/);
  await page.keyboard.press('PageDown');
  assert.notEqual(await page.locator('.curves .status').textContent(), first);
  const whole = await page.locator('.curves .uplot').getAttribute('data-range');
  await page.keyboard.press('+');
  await differs(page, whole);
  await page.context().close();
});

test('rows can be hidden, and every choice draws', async () => {
  const { page, faults } = await open(browser, address('mixed'));
  await drawn(page);
  const picture = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() =>
    resolve(document.querySelector('.curves canvas').toDataURL()))));
  const seen = new Set([await picture()]);
  const toggles = ['[name=row][value="0"]', '[name=x][value=seconds]', '[name=y][value=rss]',
    '[name=blocks]', '[name=y][value=less]'];
  for (const toggle of toggles) {
    await page.locator(`.curves ${toggle}`).click();
    const now = await picture();
    assert.ok(!seen.has(now), `${toggle} changes nothing`);
    seen.add(now);
  }
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('the theme can be switched, and a link into a folded part opens it', async () => {
  const { page } = await open(browser, address('mixed'));
  await drawn(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.locator('#theme').click();
  assert.notEqual(await ground(), light);
  await page.locator('.card tbody a').first().click();
  assert.equal(await page.locator('#verdict-0-0').getAttribute('open'), '');
  await page.context().close();
});

test('without scripts the page is whole', async () => {
  const { page, faults } = await open(browser, address('two-workloads'), { javaScriptEnabled: false });
  assert.deepEqual(faults, []);
  assert.equal(await page.locator('.curves .chart svg[role=img]').count(), 2);
  assert.equal(await page.locator('.stack .chart svg[role=img]').count(), 10);
  assert.equal(await page.locator('form.controls:visible').count(), 0);
  assert.equal(await page.locator('.legend input:visible').count(), 0);
  await page.context().close();
});

test('where a server blocks styles and scripts, the pictures show', async () => {
  const { page } = await open(browser, 'about:blank', { allowed: '' });
  await page.route('http://ci.example/report.html', (route) => route.fulfill({
    path: join(folder, 'mixed.html'),
    contentType: 'text/html',
    headers: { 'Content-Security-Policy':
      "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';" },
  }));
  await page.goto('http://ci.example/report.html');
  const line = page.locator('.curves .chart svg path.c0');
  assert.equal(await line.evaluate((path) => getComputedStyle(path).stroke), 'rgb(0, 114, 178)');
  assert.equal(await page.locator('.uplot').count(), 0);
  assert.ok((await line.boundingBox()).width > 300);
  await page.context().close();
});

test('the big page stays within its size, and its drawing time is known', async (t) => {
  assert.ok(statSync(join(folder, 'big.html')).size < 1e6, 'over 1 MB');
  const wall = [];
  const cpu = [];
  for (let load = 0; load < 5; load++) {
    const { page } = await open(browser, address('big'));
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.reload();
    await drawn(page);
    wall.push(Number(await page.evaluate(() => document.documentElement.dataset.drawnMs)));
    const { metrics } = await session.send('Performance.getMetrics');
    cpu.push(1000 * metrics.find(({ name }) => name === 'ScriptDuration').value);
    await page.context().close();
  }
  t.diagnostic(`5 rows x 10 blocks x 2000 samples drawn in ${Math.min(...wall).toFixed(0)} ms`
    + ` (budget 150), ${Math.min(...cpu).toFixed(0)} ms of it script, library included;`
    + ' best of 5 loads');
});

test('it prints', async () => {
  const { page } = await open(browser, address('mixed'), { colorScheme: 'dark' });
  await drawn(page);
  assert.ok((await page.pdf({ format: 'A4' })).length > 20000);
  await page.context().close();
});
