// What is written when things are tried, and the buttons that do it.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { newName, samples, sampleText } from '../data/samples.js';
import type { ReaderView } from '../try-it.js';
import { LinesField, SelectField, TextField } from './field.js';

export interface TryValues {
  readonly id: string;
  readonly sharedId: string;
  readonly dataText: string;
  readonly view: ReaderView;
}

/** The acts of the two sides. */
export interface TryActs {
  readonly write: () => Promise<unknown>;
  readonly read: () => Promise<unknown>;
  /** Reads first, and writes while the look-up waits. */
  readonly race: () => Promise<unknown>;
  readonly erase: () => Promise<unknown>;
}

export function TryForm({
  values,
  changed,
  acts,
}: {
  values: TryValues;
  changed: (values: TryValues) => void;
  acts: TryActs;
}): JSX.Element {
  const problem = problemOf(values.dataText);
  return (
    <>
      <SelectField
        label="Sample"
        value=""
        options={[['', 'Choose one …'], ...samples.map(({ words }) => [words, words] as const)]}
        changed={(words) => {
          const sample = samples.find((it) => it.words === words);
          if (sample === undefined) return;
          const names = { id: newName('conv-'), sharedId: newName('CA') };
          changed({ ...values, ...names, dataText: sampleText(sample) });
        }}
      />
      <TextField
        label="Conversation id"
        value={values.id}
        changed={(id) => changed({ ...values, id })}
      />
      <TextField
        label="Shared id"
        hint="What both sides know, such as the id of the call."
        value={values.sharedId}
        changed={(sharedId) => changed({ ...values, sharedId })}
      />
      <LinesField
        label="Data"
        hint={problem ?? 'A JSON object of at most 32 KiB.'}
        lines={values.dataText}
        rows={12}
        changed={(dataText) => changed({ ...values, dataText })}
      />
      <SelectField
        label="The contact centre’s key sees"
        value={values.view}
        options={[
          ['full', 'Everything'],
          ['masked', 'Everything but sensitive values'],
        ]}
        changed={(view) => changed({ ...values, view: view === 'masked' ? 'masked' : 'full' })}
      />
      <Buttons acts={acts} mayWrite={problem === undefined} />
    </>
  );
}

function Buttons({ acts, mayWrite }: { acts: TryActs; mayWrite: boolean }): JSX.Element {
  const [isBusy, setBusy] = useState(false);
  // Not `disabled` meanwhile: the pressed button would lose the focus.
  const run = (act: () => Promise<unknown>) => async () => {
    if (isBusy) return;
    setBusy(true);
    await act();
    setBusy(false);
  };
  return (
    <div class="actions">
      <button
        type="button"
        class="primary"
        disabled={!mayWrite}
        aria-disabled={isBusy}
        onClick={() => void run(acts.write)()}
      >
        Write it
      </button>
      <button type="button" aria-disabled={isBusy} onClick={() => void run(acts.read)()}>
        Read it
      </button>
      <button
        type="button"
        disabled={!mayWrite}
        aria-disabled={isBusy}
        title="Looks it up with wait=10 and writes it two seconds later"
        onClick={() => void run(acts.race)()}
      >
        Read first, then write
      </button>
      <button
        type="button"
        class="danger"
        aria-disabled={isBusy}
        onClick={() => void run(acts.erase)()}
      >
        Erase it
      </button>
    </div>
  );
}

function problemOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? undefined : 'Found no JSON object; write one in braces.';
  } catch (error) {
    return `This is no JSON yet: ${error instanceof Error ? error.message : ''}`;
  }
}
