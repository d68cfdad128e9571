// What `baton doctor` says of the certificate of a server that speaks TLS.

import type { Config } from '../config.js';
import { type Finding, ok, problem, warning } from '../store/finding.js';
import {
  periodFault,
  readTlsCertificate,
  type TlsCertificate,
  timeText,
} from '../tls-certificate.js';

const check = 'TLS certificate';

/** None where the server speaks plain HTTP. */
export function certificateFindings({ tlsCert, tlsKey }: Config): Finding[] {
  if (tlsCert === null || tlsKey === null) return [];
  let certificate: TlsCertificate;
  try {
    certificate = readTlsCertificate(tlsCert, tlsKey);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [problem(check, found, `ls -l ${tlsCert} ${tlsKey}`)];
  }
  const fault = periodFault(certificate, Date.now());
  if (fault === null) return [ok(check, `ends at ${timeText(certificate.endsAt)}`)];

  const cure =
    `openssl x509 -noout -subject -dates -in ${tlsCert}  # then have it renewed, and put the ` +
    'new one in its place: a running server takes it over';
  return [(fault.isRefused ? problem : warning)(check, fault.found, cure)];
}
