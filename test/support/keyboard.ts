// A user who has no mouse: goes from control to control by Tab, and sees where the focus is.

import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

const stepsMax = 250;

/** Presses Tab, or Shift+Tab, until the focus is on this control; it must be seen there. */
export async function tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor();
  const page = target.page();
  for (let step = 0; step < stepsMax; step++) {
    if (await hasFocus(target)) {
      expect(await isFocusSeen(target), `the focus is seen on ${await inWords(target)}`).toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${stepsMax} times ${key} did not lead to ${await inWords(target)}.`);
}

/** Goes there and presses Enter. */
export async function enterOn(target: Locator): Promise<void> {
  await tabTo(target);
  await target.page().keyboard.press('Enter');
}

/** Goes there and types; what stands in the field is replaced. */
export async function typeInto(target: Locator, text: string): Promise<void> {
  await tabTo(target);
  const { keyboard } = target.page();
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type(text);
}

/** Goes to a choice and takes the option with this text, as the arrow keys do. */
export async function chooseIn(target: Locator, option: string): Promise<void> {
  await tabTo(target);
  const { keyboard } = target.page();
  const chosen = () =>
    target.evaluate((element) => (element as HTMLSelectElement).selectedOptions[0]?.text ?? '');
  const count = await target.locator('option').count();
  await keyboard.press('Home');
  for (let step = 0; step < count && (await chosen()) !== option; step++) {
    await keyboard.press('ArrowDown');
  }
  expect(await chosen()).toBe(option);
}

export function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}

function isFocusSeen(target: Locator): Promise<boolean> {
  return target.evaluate((element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const isOutlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    const { width, height } = element.getBoundingClientRect();
    return (isOutlined || boxShadow !== 'none') && width > 0 && height > 0;
  });
}

function inWords(target: Locator): Promise<string> {
  return target.evaluate((element) => element.outerHTML.slice(0, 150));
}
