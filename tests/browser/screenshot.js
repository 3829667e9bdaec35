/* The first screen of a page as a picture, for the documentation:
   node screenshot.js REPORT.html OUT.png [dark] */
import { resolve } from 'node:path';
import { drawn, launch, open } from './browser.js';

const [, , report, out, theme = 'light'] = process.argv;
const browser = await launch();
const { page } = await open(browser, `file://${resolve(report)}`, { colorScheme: theme });
await drawn(page);
await page.screenshot({ path: out });
await browser.close();
