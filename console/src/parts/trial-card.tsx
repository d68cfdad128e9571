// One call that was tried: what was asked, what was answered, and how long it took.

import type { JSX } from 'preact';
import { durationText } from '../data/times.js';
import type { Trial } from '../try-it.js';
import { Code } from './code.js';
import { curlOf } from './look-up-curl.js';
import { Text } from './text.js';

export function TrialCard({ trial }: { trial: Trial }): JSX.Element {
  const { title, method, url, body, status, milliseconds, headers, text } = trial;
  const tone = status >= 200 && status < 300 ? 'good' : status === 404 ? 'warn' : 'bad';
  return (
    <article class="card form">
      <header class="section-head">
        <h3>{title}</h3>
        <span>
          <span class={`badge ${tone}`}>{status === 0 ? 'no answer' : status}</span>{' '}
          {durationText(milliseconds)}
        </span>
      </header>
      <pre class="answer" dir="ltr">
        <Text text={pretty(text)} />
      </pre>
      {headers.length > 0 && (
        <dl class="headers small">
          {headers.map(([name, value]) => (
            <div key={name}>
              <dt class="name">{name}</dt>
              <dd class="name">
                <Text text={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      <details>
        <summary>The request as curl</summary>
        <Code text={curlOf(method, url, body)} />
      </details>
    </article>
  );
}

/** Laid out, where that loses no digit; else as it came. */
function pretty(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}
