// Light, dark, or as the system has it; the choice stays in this browser.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const storedUnder = 'baton-theme';

/** Puts the stored choice in force; before the first page is shown. */
export function applyStoredTheme(): void {
  apply(storedTheme());
}

export function ThemeChoice(): JSX.Element {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <label class="theme">
      <span>Theme</span>
      <select
        value={theme}
        onChange={({ currentTarget }) => {
          const chosen = themeOf(currentTarget.value);
          localStorage.setItem(storedUnder, chosen);
          apply(chosen);
          setTheme(chosen);
        }}
      >
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

function storedTheme(): Theme {
  return themeOf(localStorage.getItem(storedUnder));
}

function themeOf(text: string | null): Theme {
  return themes.find((theme) => theme === text) ?? 'system';
}
