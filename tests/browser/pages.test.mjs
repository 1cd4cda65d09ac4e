// What people need of a page, in a real browser: found by keyboard and screen reader, in the dark, on a phone, enlarged and on paper, and
// nothing asked of the network.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = process.env.PAGES;
const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
assert.ok(pages.length >= 5, `${folder} has ${pages.length} pages`);

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
});
after(() => browser.close());

// Opens a page; what it asks for beside itself and what it complains of is kept.
async function open(name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(join(folder, name)).href;
  page.asked = [];
  page.on('request', (request) => request.url() === url || page.asked.push(request.url()));
  page.on('console', (message) => page.asked.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => page.asked.push(`error: ${error.message}`));
  await page.goto(url);
  return page;
}

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const result = await globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html).join(' | ')}`);
  });
  return found;
}

const overflow = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const culprits = [...document.querySelectorAll('body *')].filter((e) => !e.closest('.scroll, .skip, .quiet, svg') && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
    return { wide, culprits: culprits.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)) };
  });
const nothing = { wide: 0, culprits: [] };

for (const name of pages) {
  describe(name, () => {
    for (const colorScheme of ['light', 'dark'])
      test(`axe finds nothing, ${colorScheme}`, async () => {
        const page = await open(name, { colorScheme });
        assert.deepEqual(await violations(page), []);
        await page.context().close();
      });

    test('nothing is asked of anybody, and the page keeps its own policy', async () => {
      const page = await open(name);
      await page.waitForLoadState('networkidle');
      assert.deepEqual(page.asked, []);
      assert.equal(await page.locator('script').count(), 0);
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.skip')).position), 'absolute', 'the style sheet is in force');
      await page.context().close();
    });

    test('no width makes the page scroll sideways: a phone, a narrow column, twice the size, twice the text', async () => {
      const phone = await open(name, { viewport: { width: 320, height: 640 } });
      assert.deepEqual(await overflow(phone), nothing);
      await phone.setViewportSize({ width: 640, height: 450 });  // 1280 at 200 %
      assert.deepEqual(await overflow(phone), nothing);
      await phone.setViewportSize({ width: 1280, height: 900 });
      await phone.evaluate(() => { document.documentElement.style.fontSize = '200%'; });  // allowed: it is no markup of the page
      assert.deepEqual(await overflow(phone), nothing);
      await phone.context().close();
    });

    test('the keyboard reaches every link and every table, in order, and shows where it is', async () => {
      const page = await open(name);
      const all = await page.evaluate(() => {
        const list = [...document.querySelectorAll('a[href], [tabindex="0"]')];
        list.forEach((element, i) => { element.dataset.order = i; });
        return list.length;
      });
      const seen = [];
      for (let i = 0; i < all; ++i) {
        await page.keyboard.press('Tab');
        seen.push(await page.evaluate(() => {
          const style = getComputedStyle(document.activeElement);
          return style.outlineStyle === 'none' ? 'invisible' : Number(document.activeElement.dataset.order);
        }));
      }
      assert.deepEqual(seen, [...Array(all).keys()]);
      await page.context().close();
    });

    test('every link within the page leads somewhere, and every id is there once', async () => {
      const page = await open(name);
      const broken = await page.evaluate(() => {
        const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
        const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
        const lost = [...document.querySelectorAll('a[href^="#"]')].map((a) => decodeURIComponent(a.hash.slice(1))).filter((id) => !document.getElementById(id));
        return { twice, lost };
      });
      assert.deepEqual(broken, { twice: [], lost: [] });
      await page.context().close();
    });

    test('it prints, tagged, and no table is cut off by the paper', async () => {
      const page = await open(name);
      for (const [format, width] of [['A4', 680], ['Letter', 702]]) {  // between margins of 15 mm, at 96 pixels an inch
        const pdf = await page.pdf({ format, tagged: true, printBackground: true });
        assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
        assert.ok(pdf.includes('/StructTreeRoot'), 'the PDF is tagged');
        assert.ok(pdf.length < 1_000_000 + 6 * (await page.content()).length, `a page of ${(await page.content()).length} bytes makes a PDF of ${pdf.length}`);
        await page.emulateMedia({ media: 'print' });
        await page.setViewportSize({ width, height: 1000 });
        assert.deepEqual(await overflow(page), nothing);
        const cut = await page.evaluate(() => [...document.querySelectorAll('table')].filter((t) => t.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((t) => t.caption?.textContent));
        assert.deepEqual(cut, []);
        await page.emulateMedia({ media: null });
      }
      await page.context().close();
    });

    test('every chart is named, described and stands beside a table', async () => {
      const page = await open(name);
      const lonely = await page.evaluate(() =>
        [...document.querySelectorAll('svg[role=img]')]
          .filter((svg) => !svg.querySelector('title')?.textContent || !svg.querySelector('desc')?.textContent || !svg.closest('.block')?.querySelector('table'))
          .map((svg) => svg.id));
      assert.deepEqual(lonely, []);
      await page.context().close();
    });
  });
}
