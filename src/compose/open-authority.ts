/**
 * Who issues the certificates that ACM is asked for: the ACME authority that the settings name, else the local CA. How either issues:
 * adapters/certificates.
 */
import { readFileSync } from 'node:fs';
import { createAcmeAuthority } from '../adapters/certificates/acme/acme-authority.ts';
import type { AcmeSettings } from '../adapters/certificates/acme/acme-client.ts';
import { challengeFiles } from '../adapters/certificates/acme/challenge-files.ts';
import type { LocalCa } from '../adapters/certificates/local-ca.ts';
import { systemClock as clock } from '../adapters/clock/system-clock.ts';
import { readOriginCa } from '../adapters/origin/origin-ca.ts';
import type { CertificateAuthority } from '../edge/certificate-ports.ts';
import { flagName, type Settings } from '../tables/settings.ts';

/** Throws, with a sentence that names the flag, for settings that cannot be used. */
export function openAuthority(settings: Settings, ca: LocalCa): CertificateAuthority {
  const { data, acmeDirectory: directory } = settings;
  if (directory === undefined) {
    const idle = (['acmeEmail', 'acmeEab', 'acmeCa'] as const).find((name) => settings[name] !== undefined);
    if (idle === undefined) return ca.authority;
    throw new Error(`--${flagName(idle)} is of no use without --acme-directory, which names the authority`);
  }
  const acme: AcmeSettings = {
    directory,
    email: settings.acmeEmail,
    externalAccount: settings.acmeEab === undefined ? undefined : readExternalAccount(settings.acmeEab),
    authorities: settings.acmeCa === undefined ? [] : readOriginCa(settings.acmeCa, '--acme-ca'),
  };
  return createAcmeAuthority({ data, settings: acme, challenges: challengeFiles(data), clock });
}

/** In a file, so that the key is in no process list. */
function readExternalAccount(path: string): NonNullable<AcmeSettings['externalAccount']> {
  const [, keyId, hmacKey] = /^\s*(\S+)\s+([A-Za-z0-9_-]+={0,2})\s*$/.exec(readFileSync(path, 'utf8')) ?? [];
  if (keyId === undefined || hmacKey === undefined)
    throw new Error(`cannot use ${path} (--acme-eab): it must hold the key id and the HMAC key (base64url), on one line`);
  return { keyId, hmacKey };
}
