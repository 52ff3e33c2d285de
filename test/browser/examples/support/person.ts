import type { Page } from 'playwright-core';

/** What a person does, and what they see. */
export const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const statusOf = (page: Page, words: string) => page.getByRole('status').filter({ hasText: words });

export const WELCOME = 'Good to see you';
export const GUARD = 'Your profile is behind a sign-in';
export const ADA = 'Ada Lovelace';

/** Gives the address the person was sent back to. */
export async function answer(window: Page, decision: 'Authorize app' | 'Cancel'): Promise<string> {
  const [back] = await Promise.all([
    window.waitForEvent('request', (request) => request.url().includes('/callback?')),
    button(window, decision).click(),
  ]);
  return back.url();
}

export async function signIn(page: Page): Promise<string> {
  await button(page, 'Sign in with X').click();
  return answer(page, 'Authorize app');
}

export async function openWindow(page: Page): Promise<Page> {
  const [window] = await Promise.all([
    page.waitForEvent('popup'),
    button(page, 'Sign in in a window').click(),
  ]);
  await button(window, 'Authorize app').waitFor();
  return window;
}

export async function follow(page: Page, link: 'Home' | 'Profile'): Promise<void> {
  await page.getByRole('link', { name: link }).click();
}
