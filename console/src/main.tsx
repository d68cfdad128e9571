// The entry of the console.

import { render } from 'preact';
import { App } from './app.js';
import { mendLanguage } from './language.js';
import { applyStoredTheme } from './parts/theme.js';
import { followLinks } from './router.js';

mendLanguage();
applyStoredTheme();
followLinks();
render(<App />, document.getElementById('app')!);
