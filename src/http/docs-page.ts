// The page at /docs: what Baton is, how to begin, each call, and the tables that hold for all.

import { type Call, callSection } from './docs-call.js';
import { errorsSection, headersSection, limitsSection } from './docs-reference.js';
import { type Html, html, prose } from './html.js';
import type { Method, OpenApiDocument, Operation } from './openapi-document.js';

const setUp = `export BATON_URL=http://127.0.0.1:8787
export ACCOUNT=demo PROJECT=demo
export READ_KEY=baton_… WRITE_KEY=baton_… ADMIN_KEY=baton_…`;

/** The whole page. It needs /docs/style.css and nothing else. */
export function docsPageText(document: OpenApiDocument): string {
  const calls = callsOf(document);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Baton API</title>
<link rel="stylesheet" href="docs/style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${contents(document, calls)}
<main id="main">
<header>
<h1>Baton</h1>
${(document.info.description ?? '').split('\n\n').map((text) => html`<p>${text}</p>`)}
<p class="quiet">Version ${document.info.version} · <a href="openapi.json">OpenAPI 3.1</a></p>
</header>
${startSection(calls)}
${keysSection}
${document.tags.map(({ name, description }) => tagSection(document, calls, name, description))}
${headersSection(document)}
${errorsSection}
${limitsSection}
</main>
</body>
</html>
`;
  return page.text;
}

function callsOf(document: OpenApiDocument): Call[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    (Object.entries(item) as [Method, Operation][])
      .filter(([method]) => method !== 'head')
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

function contents(document: OpenApiDocument, calls: readonly Call[]): Html {
  const groups = document.tags.map(
    ({ name }) => html`<li><a href="#${anchorOf(name)}">${name}</a>
<ul>
${ofTag(calls, name).map(
  ({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
)}
</ul></li>`,
  );
  return html`<nav aria-label="Contents">
<p class="name"><a href="#main">Baton API</a></p>
<ul>
<li><a href="#start">Start</a></li>
<li><a href="#keys">Keys</a></li>
${groups}
<li><a href="#headers">Headers</a></li>
<li><a href="#errors">Errors</a></li>
<li><a href="#limits">Limits</a></li>
</ul>
</nav>`;
}

function startSection(calls: readonly Call[]): Html {
  const curlOf = (id: string) =>
    calls.find(({ operation }) => operation.operationId === id)!.operation['x-codeSamples']![0]!
      .source;
  return html`<section aria-labelledby="start">
<h2 id="start">Start</h2>
<p>Name the server and your keys once in a shell. Every example on this page uses these names.</p>
<pre tabindex="0"><code>${setUp}</code></pre>
<p>Write a handoff state, as the agent does when it hands over:</p>
<pre tabindex="0"><code>${curlOf('putHandoffState')}</code></pre>
<p>Look it up, as the contact centre does when the call arrives:</p>
<pre tabindex="0"><code>${curlOf('lookUpHandoffState')}</code></pre>
</section>`;
}

const keysSection = html`<section aria-labelledby="keys">
<h2 id="keys">Keys and permissions</h2>
<p>Send the key in one of three ways. A key in the address is never read: it would end in logs.</p>
<dl class="rows">
<dt><code>x-api-key: KEY</code></dt>
<dd>The plain form. It wins where a request carries several.</dd>
<dt><code>Authorization: Bearer KEY</code></dt>
<dd>For clients that know tokens.</dd>
<dt><code>Authorization: Basic base64(any:KEY)</code></dt>
<dd>${prose('For platforms that know only user names and passwords. The password is the key, the user name is ignored: `curl -u any:$READ_KEY …`')}</dd>
</dl>
<p>A key belongs to one region and one account, to all of its projects or some, and has one
permission:</p>
<dl class="rows">
<dt><code>read</code></dt><dd>Look states up.</dd>
<dt><code>write</code></dt><dd>Also write, change and erase them.</dd>
<dt><code>admin</code></dt><dd>Also list them, and manage projects and keys.</dd>
</dl>
</section>`;

function tagSection(
  document: OpenApiDocument,
  calls: readonly Call[],
  name: string,
  description: string,
): Html {
  return html`<section aria-labelledby="${anchorOf(name)}">
<h2 id="${anchorOf(name)}">${name}</h2>
<p>${description}</p>
${ofTag(calls, name).map((call) => callSection(document, call))}
</section>`;
}

function ofTag(calls: readonly Call[], name: string): Call[] {
  return calls.filter(({ operation }) => operation.tags.includes(name));
}

function anchorOf(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}
