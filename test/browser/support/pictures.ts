import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const widths = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** In each dress, into a folder that is not kept. For eyes; what can be measured is asserted. */
export async function takePictures(page: Page, name: string): Promise<void> {
  const folder = resolve('build/screenshots/inspector');
  await mkdir(folder, { recursive: true });
  for (const [width, size] of Object.entries(widths)) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({
        path: resolve(folder, `${name}-${width}-${colorScheme}.png`),
        fullPage: width === 'phone',
      });
    }
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect([name, width, overflow]).toEqual([name, width, 0]);
  }
  await page.setViewportSize(widths.wide);
}
