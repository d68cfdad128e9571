// What has become of the project's handoffs, live: figures, charts, and what needs attention now.

import type { JSX } from 'preact';
import type { Stats } from '../api-types.js';
import { type SpanName, spanNames, spanOf, spans } from '../data/time-range.js';
import { AttentionList } from '../parts/attention-list.js';
import { CalmStatus } from '../parts/calm-status.js';
import { OutcomesOverTime, PickupTimes } from '../parts/charts.js';
import { FigureTable } from '../parts/figure-table.js';
import { Figures } from '../parts/figures.js';
import { ErrorNotice, Loading } from '../parts/notice.js';
import { Page } from '../parts/page.js';
import { ResultlessTable } from '../parts/resultless-table.js';
import { useProject } from '../project-context.js';
import { changeQuery, usePlace } from '../router.js';
import { useStats } from '../use-overview.js';

export function Overview(): JSX.Element {
  const { project, stream } = useProject();
  const span = spanOf(usePlace().query.get('range')) ?? 'hour';
  const { value, error, refresh } = useStats(project, stream, span);
  return (
    <Page title="Overview" actions={<SpanChoice chosen={span} />}>
      {error !== undefined && <ErrorNotice error={error} retry={refresh} />}
      {value === undefined && error === undefined && <Loading what="the figures" />}
      {value !== undefined && <Content stats={value} span={span} />}
    </Page>
  );
}

function Content({ stats, span }: { stats: Stats; span: SpanName }): JSX.Element {
  const { project } = useProject();
  return (
    <div class="overview">
      <Figures project={project} total={stats.total} span={span} />
      <CalmStatus text={`Missed: ${stats.total.missed}, late: ${stats.total.late}`} />
      <div class="columns">
        <div class="stack">
          <section class="card" aria-labelledby="attention-title">
            <h2 id="attention-title">Needs attention now</h2>
            <AttentionList span={span} total={stats.total} />
          </section>
          <OutcomesOverTime stats={stats} />
        </div>
        <div class="stack">
          <section class="card" aria-labelledby="resultless-title">
            <h2 id="resultless-title">Look-ups without result</h2>
            <ResultlessTable counts={stats.total.look_ups_without_result} />
          </section>
          <PickupTimes stats={stats} />
        </div>
      </div>
      <FigureTable stats={stats} />
    </div>
  );
}

function SpanChoice({ chosen }: { chosen: SpanName }): JSX.Element {
  return (
    <fieldset class="choice">
      <legend class="unseen">Time</legend>
      {spanNames.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="span"
            value={name}
            checked={name === chosen}
            onChange={() => changeQuery({ range: name })}
          />
          <span>{spans[name].words}</span>
        </label>
      ))}
    </fieldset>
  );
}
