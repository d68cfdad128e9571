// Tells the environment variables that are meant for Baton from mistyped and injected ones.

import { nearest } from './nearest.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Those of the commands that call a server over HTTP. */
export const clientVariables = {
  url: 'BATON_URL',
  apiKey: 'BATON_API_KEY',
  account: 'BATON_ACCOUNT',
  project: 'BATON_PROJECT',
} as const;

/**
 * The value of a variable, undefined where it is not set, empty (as compose files leave it), or
 * injected by a container platform.
 */
export function givenValue(environment: Environment, variable: string): string | undefined {
  const value = environment[variable];
  if (value === undefined || value === '' || isInjected(variable, value)) return undefined;
  return value;
}

/** One sentence for each `BATON_…` variable that is not among the known ones. */
export function unknownVariables(environment: Environment, known: readonly string[]): string[] {
  const warnings: string[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('BATON_') || known.includes(variable)) continue;
    if (value === undefined || isInjected(variable, value)) continue;

    const meant = nearest(variable, known);
    const cure = meant === undefined ? 'unset it' : `did you mean ${meant}?`;
    warnings.push(`${variable}: no such variable, so it has no effect; ${cure}`);
  }
  return warnings;
}

// Kubernetes sets these for every service, so for one that is called baton or baton-something:
// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
// Docker's links set the same names.
function isInjected(variable: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(variable) ||
    /_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable) ||
    (variable.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))
  );
}
