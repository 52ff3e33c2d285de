import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ADA, WELCOME, answer, button, follow, heading, openWindow } from './person.js';
import type { World } from './world.js';

const widths = { wide: { width: 1000, height: 720 }, phone: { width: 375, height: 720 } } as const;

/** Of each screen in each dress, into a folder that is not kept. For eyes; what can be measured is asserted. */
export async function takePictures(example: string, { page, origin, context }: World): Promise<void> {
  const folder = resolve('build/screenshots', example);
  await mkdir(folder, { recursive: true });
  const picture = async (of: Page, name: string) => {
    for (const [width, size] of Object.entries(widths)) {
      await of.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await of.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await of.screenshot({ path: resolve(folder, `${name}-${width}-${colorScheme}.png`) });
      }
      const overflow = await of.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([name, width, overflow]).toEqual([name, width, 0]);
    }
  };

  await page.goto(origin);
  await heading(page, WELCOME).waitFor();
  await picture(page, 'welcome');
  await button(page, 'Sign in with X').click();
  await answer(page, 'Cancel');
  await button(page, 'Sign in again').waitFor();
  await picture(page, 'failure');
  await button(page, 'Back').click();

  // Opened by a person, a window stays when its script wants to close it.
  await context.addInitScript('window.close = () => {};');
  const window = await openWindow(page);
  await picture(page, 'waiting');
  await answer(window, 'Authorize app');
  await heading(window, 'You can close this window').waitFor();
  await picture(window, 'popup');
  await window.close();
  await heading(page, ADA).waitFor();
  await picture(page, 'home');
  await follow(page, 'Profile');
  await heading(page, ADA).waitFor();
  await picture(page, 'profile');
}
