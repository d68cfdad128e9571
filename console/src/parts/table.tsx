// A table of rows that are laid out as grids: what is out of sight costs nothing, and a narrow screen
// stacks the cells. The roles are said again, since another display takes them from the elements.

import type { ComponentChildren, JSX } from 'preact';

export function Table({
  label,
  kind,
  isStale = false,
  isMany = false,
  children,
}: {
  label: string;
  /** Names the widths of the columns. */
  kind: string;
  /** Newer rows are on their way. */
  isStale?: boolean;
  isMany?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div
      role="table"
      aria-label={label}
      aria-busy={isStale}
      class={`table ${kind}${isMany ? ' many' : ''}`}
    >
      {children}
    </div>
  );
}

export function Head({ columns }: { columns: readonly string[] }): JSX.Element {
  return (
    <div role="row" class="row head">
      {columns.map((column) => (
        <span role="columnheader" key={column}>
          {column}
        </span>
      ))}
    </div>
  );
}

export function Row({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div role="row" class="row">
      {children}
    </div>
  );
}

export function Cell({
  label,
  isMain = false,
  children,
}: {
  /** Stands before the value where the head of the table is not shown. */
  label?: string;
  isMain?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div role="cell" class={isMain ? 'cell main' : 'cell'} data-label={label}>
      {children}
    </div>
  );
}

/** A cell of its own row, under the row that it belongs to. */
export function WideCell({
  columns,
  children,
}: {
  columns: number;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div role="cell" aria-colspan={columns} class="cell whole">
      {children}
    </div>
  );
}
