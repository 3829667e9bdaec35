/* What all browser tests share: one Chromium, and pages that record what they should not do. */
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launch(...flags) {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(path)) throw new Error(`no browser at ${path}; set CHROMIUM`);
  return chromium.launch({ executablePath: path, args: [...FLAGS, ...flags] });
}

/* A page of its own context. `faults` fills with errors on the console and with requests for
   anything but `url` and what starts with `allowed`. */
export async function open(browser, url, options = {}) {
  const { allowed = url, ...context } = options;
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 },
    ...context })).newPage();
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(allowed)) faults.push(`request for ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}

/* Until all that is in view is drawn. */
export const drawn = (page) =>
  page.waitForFunction(() => document.documentElement.dataset.drawnMs !== undefined);

/* Brings each chart into view, until it is drawn; then back to the top. Returns the milliseconds
   that each took from there. */
export const drawAll = (page) => page.evaluate(async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  for (const host of document.querySelectorAll('.chart[tabindex]')) {
    const began = performance.now();
    host.scrollIntoView({ block: 'center' });
    while (!host.querySelector('.uplot')) await frame();
    times.push(performance.now() - began);
  }
  scrollTo(0, 0);
  return times;
});

/* axe-core's violations, as lines. */
export async function violations(page) {
  await page.evaluate(axe.source);
  const result = await page.evaluate(() => globalThis.axe.run());
  return result.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`));
}

/* Are there at least this many canvases whose pixels are not all alike? */
export const painted = (page) => page.evaluate(() =>
  [...document.querySelectorAll('.chart canvas')].filter((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => value !== data[i % 4]);
  }).length);
