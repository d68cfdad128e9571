// The whole way once, by hand: write a sample as the agent, read it as the contact centre would.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Project } from '../api-types.js';
import { newName, samples, sampleText } from '../data/samples.js';
import { Page } from '../parts/page.js';
import { TrialCard } from '../parts/trial-card.js';
import { TryForm, type TryValues } from '../parts/try-form.js';
import { handoffPath } from '../paths.js';
import { useProject } from '../project-context.js';
import { type Trial, TryIt } from '../try-it.js';

const trialsShown = 8;
/** Between the look-up and the write, where the look-up comes first. */
const raceMs = 2_000;

export function Try(): JSX.Element {
  const { project } = useProject();
  const [values, setValues] = useState<TryValues>(() => ({
    id: newName('conv-'),
    sharedId: newName('CA'),
    dataText: sampleText(samples[0]!),
    view: 'full',
  }));
  const tryIt = useTryIt(project);
  const [trials, setTrials] = useState<readonly Trial[]>([]);

  const show = (trial: Trial) =>
    setTrials((before) =>
      [trial, ...before].toSorted((a, b) => b.number - a.number).slice(0, trialsShown),
    );
  const body = `{"id":${JSON.stringify(values.id)},"shared_id":${JSON.stringify(values.sharedId)},"data":${values.dataText}}`;
  const write = async () => tryIt && show(await tryIt.write(body));
  const read = async (wait?: number) =>
    tryIt && show(await tryIt.read(values.sharedId, values.view, wait));
  const race = async () => {
    const reading = read(10);
    await new Promise((resolve) => setTimeout(resolve, raceMs));
    await Promise.all([reading, write()]);
  };
  const erase = async () => tryIt && show(await tryIt.erase(values.id));
  const [newest] = trials;
  const hasWritten = trials.some(({ method, status }) => method === 'PUT' && status < 300);

  return (
    <Page title="Try it">
      <p class="quiet">
        Write a sample as the agent does, and read it as the contact centre would: with a key that
        may only read, is made for this page, and ends when you leave it.
      </p>
      <div class="columns even">
        <section class="card form" aria-labelledby="sample-title">
          <h2 id="sample-title">The sample</h2>
          <TryForm
            values={values}
            changed={setValues}
            acts={{ write, read: () => read(), race, erase }}
          />
          {hasWritten && (
            <p>
              <a href={handoffPath(project, { id: values.id })}>See what became of it</a>
            </p>
          )}
        </section>
        <section class="trials" aria-labelledby="calls-title">
          <h2 id="calls-title">Calls and answers</h2>
          {trials.length === 0 && (
            <p class="quiet">Nothing yet. Write the sample first, then read it.</p>
          )}
          <span class="unseen" role="status">
            {newest !== undefined && `${newest.title}: ${newest.status}`}
          </span>
          {trials.map((trial) => (
            <TrialCard key={trial.number} trial={trial} />
          ))}
        </section>
      </div>
    </Page>
  );
}

/** The calls of this page; its keys end with it. */
function useTryIt(project: Project): TryIt | undefined {
  const [tryIt, setTryIt] = useState<TryIt>();
  useEffect(() => {
    const made = new TryIt(project);
    setTryIt(made);
    const end = () => void made.end();
    addEventListener('pagehide', end);
    return () => {
      removeEventListener('pagehide', end);
      end();
    };
  }, [project.project_id]);
  return tryIt;
}
