/* report.html in a real browser. The pages are made by pages.c. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drawAll, drawn, launch, open, painted, violations } from './browser.js';

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

const CHARTS = { mixed: 4, drained: 4, hosts: 4, hostile: 2, nothing: 1, 'one-sample': 2, 'two-workloads': 12,
  'many-rows': 101, replay: 4, refused: 4, big: 6 };

for (const [name, charts] of Object.entries(CHARTS))
  test(`${name}: all charts are drawn, nothing is loaded, nothing fails`, async () => {
    const { page, faults } = await open(browser, address(name));
    await drawn(page);
    await drawAll(page);
    assert.deepEqual(faults, []);
    assert.equal(await page.locator('.uplot').count(), charts);
    assert.equal(await painted(page), charts);
    assert.equal(await page.evaluate(() =>
      document.documentElement.scrollWidth <= document.documentElement.clientWidth), true);
    await page.context().close();
  });

for (const colorScheme of ['light', 'dark'])
  for (const name of ['two-workloads', 'mixed', 'hosts', 'hostile', 'nothing', 'replay', 'refused'])
    test(`${name}, ${colorScheme}: axe-core finds nothing`, async () => {
      const { page } = await open(browser, address(name), { colorScheme });
      await drawn(page);
      await drawAll(page);
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

/* Where a path of the picture begins and ends, and its lowest and highest point, in shares. */
const course = (path) => path.evaluate((line) => {
  const { width, height } = line.ownerSVGElement.viewBox.baseVal;
  const ends = [line.getPointAtLength(0), line.getPointAtLength(line.getTotalLength())];
  return ends.flatMap((end) => [end.x / width, end.y / height]);
});

test('the courses of a program and of its replay lie on each other, with the errors beside', async () => {
  const { page, faults } = await open(browser, address('replay'));
  await drawn(page);
  assert.equal(await page.getByRole('heading', { name: 'How near the replay comes' }).count(), 1);
  const figures = page.locator('figure.overlay');
  assert.equal(await figures.count(), 2);
  assert.match(await figures.nth(0).locator('figcaption').textContent(), /^glibc peak \+1\.5 %, end \+1\.5 %$/);
  assert.match(await figures.nth(1).locator('figcaption').textContent(), /^jemalloc peak -1\.0 %, end -1\.0 %$/);
  for (const figure of await figures.all()) {
    const original = await course(figure.locator('path.original'));
    const replay = await course(figure.locator('path.c0'));
    original.forEach((at, i) => assert.ok(Math.abs(at - replay[i]) < 0.03, `${original} but ${replay}`));
    assert.ok(original[2] - original[0] > 0.7 && original[1] - original[3] > 0.4, `${original}`);
    assert.notEqual(await figure.locator('path.original').evaluate((it) => getComputedStyle(it).stroke),
      await figure.locator('path.c0').evaluate((it) => getComputedStyle(it).stroke));
  }
  const told = page.getByRole('group', { name: 'The program and its replay under t' });
  assert.equal(await told.locator('tbody tr').count(), 2);
  assert.match(await told.locator('tbody tr').first().textContent(), /^glibc157\.\d58\.\d\+1\.5/);
  assert.deepEqual(faults, []);
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

test('blocks of one host alone can be drawn, and rows are held against each other on each', async () => {
  const { page, faults } = await open(browser, address('hosts'));
  await drawn(page);
  const picture = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() =>
    resolve(document.querySelector('.curves canvas').toDataURL()))));
  const seen = new Set([await picture()]);
  for (const host of ['0', '1', '2']) {
    await page.locator('.curves [name=host]').selectOption(host);
    seen.add(await picture());
  }
  assert.equal(seen.size, 4);
  await page.locator('.curves [name=host]').selectOption('');
  assert.ok(seen.has(await picture()));
  const cells = page.locator('details.hosts[open] svg rect');
  assert.equal(await cells.count(), 6); // two rows against the reference, three hosts
  assert.match(await cells.last().locator('title').textContent(), /^n3: 1\.0\d .*worse, 3 blocks$/);
  assert.match(await page.locator('body').textContent(), /differs by host: n1, n2 -18 %; n3 \+7 %/);
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
  await page.locator('#verdict-0-0[open]').waitFor({ state: 'attached' });
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
  const chart = page.locator('.curves .chart svg');
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  const said = (share) => page.evaluate(([x, y]) => document.elementFromPoint(x, y).textContent,
    [box.x + share * box.width, box.y + box.height / 2]);
  assert.match(await said(0.3), /^cycle \d+ of \d+\n.*: [\d.]+ [KM]?i?B/);
  assert.match(await said(0.86), /^released\n/);
  await page.context().close();
});

test('what is not in view is a picture until it comes near', async () => {
  const { page } = await open(browser, address('two-workloads'));
  await drawn(page);
  const charts = CHARTS['two-workloads'];
  const first = await page.locator('.uplot').count();
  assert.ok(first >= 1 && first < charts, `${first} of ${charts} are drawn`);
  assert.equal(await page.locator('.chart > svg:visible').count(), charts - first);
  const before = await page.evaluate(() => document.documentElement.scrollHeight);
  await drawAll(page);
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), before);
  assert.equal(await page.locator('.chart > svg:visible').count(), 0);
  await page.context().close();
});

test('charts follow the width of the page, in view or not', async () => {
  const { page } = await open(browser, address('two-workloads'));
  await drawn(page);
  await drawAll(page);
  await page.setViewportSize({ width: 700, height: 800 });
  await drawAll(page);
  for (const host of await page.locator('.chart[tabindex]').all()) {
    await host.scrollIntoViewIfNeeded();
    await page.waitForFunction((it) =>
      it.querySelector('.uplot').getBoundingClientRect().width <= it.clientWidth + 1,
    await host.elementHandle());
  }
  await page.context().close();
});

test('rows are held against each other, and what goes back to the system is told', async () => {
  const { page } = await open(browser, address('two-workloads'), { javaScriptEnabled: false });
  assert.equal(await page.getByRole('heading', { name: 'Rows against each other' }).count(), 2);
  const against = page.getByRole('group', { name: 'Rows against the reference under discovery-drained' });
  assert.equal(await against.locator('tbody tr').count(), 4);
  assert.match(await against.locator('tbody tr', { hasText: 'tcmalloc' }).locator('td').nth(1).textContent(),
    /^\d+\.\d\d worse\d+\.\d\d\u2013\d+\.\d\d, p (< )?0\.\d{3}$/);
  assert.equal(await page.getByText('Other pairs: 6').count(), 2);
  const others = page.getByRole('group', { name: 'Other pairs under discovery-drained', includeHidden: true });
  assert.equal(await others.locator('tbody tr').count(), 6);
  const back = page.locator('table', { has: page.locator('caption', { hasText: 'Giving back' }) });
  assert.equal(await back.count(), 2);
  assert.equal(await back.first().locator('tbody tr').count(), 5);
  await page.context().close();
});

for (const name of ['two-workloads', 'mixed', 'hostile', 'nothing', 'many-rows', 'replay'])
  test(`${name}: on a phone nothing is wider than the page`, async () => {
    const { page, faults } = await open(browser, address(name), { viewport: { width: 390, height: 844 } });
    await drawn(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    assert.equal(await page.evaluate(() => [...document.querySelectorAll('.headline, .choose, .curves .chart')]
      .every((part) => part.getBoundingClientRect().right <= 390)), true);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

test('the big page stays within its size', () => {
  assert.ok(statSync(join(folder, 'big.html')).size < 1e6, 'over 1 MB');
});

const BUDGETED = { big: '5 rows x 10 blocks x 2000 samples', 'two-workloads': 'two workloads' };
for (const [name, what] of Object.entries(BUDGETED))
  test(`${name}: its drawing time is known`, async (t) => {
    const wall = [];
    const cpu = [];
    const later = [];
    for (let load = 0; load < 5; load++) {
      const { page } = await open(browser, address(name));
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      await page.reload();
      await drawn(page);
      wall.push(Number(await page.evaluate(() => document.documentElement.dataset.drawnMs)));
      const { metrics } = await session.send('Performance.getMetrics');
      cpu.push(1000 * metrics.find(({ name: metric }) => metric === 'ScriptDuration').value);
      later.push(Math.max(...await drawAll(page)));
      await page.context().close();
    }
    t.diagnostic(`${what}: all in view drawn in ${Math.min(...wall).toFixed(0)} ms (budget 150), `
      + `${Math.min(...cpu).toFixed(0)} ms of it script, library included; the slowest of the others `
      + `${Math.min(...later).toFixed(0)} ms after it came into view; best of 5 loads`);
  });

test('on paper all charts are pictures, in black on white', async () => {
  const { page } = await open(browser, address('two-workloads'), { colorScheme: 'dark' });
  await drawn(page);
  assert.ok((await page.pdf({ format: 'A4' })).length > 20000);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.chart > svg:visible').count(), CHARTS['two-workloads']);
  assert.equal(await page.locator('.uplot:visible').count(), 0);
  assert.equal(await page.locator('.curves .chart > svg').first().evaluate((svg) =>
    getComputedStyle(svg.querySelector('.ink')).fill), 'rgb(20, 24, 28)');
  await page.context().close();
});
