/**
 * An ACME authority (RFC 8555), such as Let's Encrypt, as issuer of the certificates that ACM is asked for. It proves the names by
 * HTTP-01, so they must lead to our own port 80, and wildcards cannot be had. An order is saved before anything is done about it, with
 * the key its certificate will have: after a restart it goes on where it was, and nothing is ordered twice.
 *
 *   order: pending -> (challenges answered, authority looks) -> ready -> (CSR sent) -> processing -> valid -> certificate
 */
import {
  IssuanceFailure,
  NOT_WANTED,
  type CertificateAuthority,
  type CertificateMaterial,
  type IssueRequest,
} from '../../../edge/certificate-ports.ts';
import type { Clock } from '../../../edge/ports.ts';
import { pemBlocks } from '../../../model/pem-blocks.ts';
import { MINUTE, SECOND, type Duration } from '../../../model/units.ts';
import { CertificateFileError } from '../certificate-files.ts';
import { generateKeyPem } from '../sign-certificate.ts';
import { AcmeProblem, loadAcmeLibrary, type AcmeClient, type AcmeLibrary, type AcmeSettings } from './acme-client.ts';
import { acmeFiles, type SavedOrder } from './acme-files.ts';
import type { ChallengeFiles } from './challenge-files.ts';
import { sentence } from '../../../model/sentence.ts';

export interface AcmeAuthorityOptions {
  readonly data: string;
  readonly settings: AcmeSettings;
  readonly challenges: ChallengeFiles;
  readonly clock: Clock;
}

type Order = Awaited<ReturnType<AcmeClient['getOrder']>>;
type Authorization = Awaited<ReturnType<AcmeClient['getAuthorizations']>>[number];

/** Ours: the pauses between two looks at an order grow from the first to the last, for so long altogether. */
const FIRST_LOOK: Duration = SECOND / 2;
const LAST_LOOK: Duration = 10 * SECOND;
const PATIENCE: Duration = 3 * MINUTE;

/** RFC 8555 6.7: problems that asking again does not solve, and ACM's word for each. */
const FINAL: Readonly<Record<string, IssuanceFailure['reason']>> = {
  rejectedIdentifier: 'DOMAIN_NOT_ALLOWED',
  unsupportedIdentifier: 'INVALID_PUBLIC_DOMAIN',
  caa: 'CAA_ERROR',
};

export function createAcmeAuthority({ data, settings, challenges, clock }: AcmeAuthorityOptions): CertificateAuthority {
  const files = acmeFiles(data, settings.directory);
  let library: Promise<AcmeLibrary> | undefined;
  let account: Promise<AcmeClient> | undefined;
  const opened = (): Promise<AcmeLibrary> => (library ??= loadAcmeLibrary(settings));

  async function openAccount(): Promise<AcmeClient> {
    const [{ clientOf }, key, url] = await Promise.all([opened(), files.accountKey(), files.accountUrl()]);
    const client = clientOf(key, url);
    if (url !== undefined) return client;
    const contact = settings.email === undefined ? {} : { contact: [`mailto:${settings.email}`] };
    await client.createAccount({ termsOfServiceAgreed: true, ...contact });
    await files.saveAccountUrl(client.getAccountUrl());
    return client;
  }
  /** One account for everybody; after a failure the next caller tries again. */
  function openedAccount(): Promise<AcmeClient> {
    account ??= openAccount();
    account.catch(() => (account = undefined));
    return account;
  }

  /** The saved order while the authority still has it and it is for the same names; else a new one, saved. */
  async function placeOrder(client: AcmeClient, request: IssueRequest): Promise<[Order, SavedOrder]> {
    const { id, names, keyAlgorithm, signal } = request;
    refuseUnwanted(signal);
    const saved = await files.order(id);
    if (saved !== undefined && saved.names.join(' ') === names.join(' ')) {
      const order = await client.getOrder({ url: saved.url } as Order).catch((error: unknown) => {
        if (error instanceof AcmeProblem && error.type !== 'rateLimited') return undefined;
        throw error;
      });
      if (order !== undefined && order.status !== 'invalid') return [order, saved];
    }
    const order = await client.createOrder({ identifiers: names.map((value) => ({ type: 'dns', value })) });
    const placed = { url: order.url, names, key: await generateKeyPem(keyAlgorithm) };
    refuseUnwanted(signal);
    await files.saveOrder(id, placed);
    return [order, placed];
  }

  /** Looks at the order until it is no longer in this state. Rejects when that takes too long, or when we are told to stop. */
  async function leaves(client: AcmeClient, state: Order['status'], order: Order, signal: AbortSignal): Promise<Order> {
    const until = clock.now() + PATIENCE;
    let now = order;
    for (let pause = FIRST_LOOK; now.status === state; pause = Math.min(pause * 1.5, LAST_LOOK)) {
      if (clock.now() >= until) throw new IssuanceFailure(`the authority has left the order ${state} for too long`, false);
      await wait(clock, pause, signal);
      now = await client.getOrder(now);
    }
    return now;
  }

  async function prove(client: AcmeClient, order: Order, signal: AbortSignal): Promise<Order> {
    const answered: string[] = [];
    try {
      for (const authorization of await client.getAuthorizations(order)) {
        if (authorization.status !== 'pending') continue;
        refuseUnwanted(signal);
        const challenge = authorization.challenges.find(({ type }) => type === 'http-01');
        const name = authorization.identifier.value;
        if (challenge === undefined) throw new IssuanceFailure(`the authority does not prove ${name} over HTTP`, true);
        await challenges.put(challenge.token, await client.getChallengeKeyAuthorization(challenge));
        answered.push(challenge.token);
        if (challenge.status === 'pending') await client.completeChallenge(challenge);
      }
      const proved = await leaves(client, 'pending', order, signal);
      if (proved.status === 'invalid') throw refusalOf(await client.getAuthorizations(order));
      return proved;
    } finally {
      // The authority may be about to look, and the next process goes on with this order.
      if (!signal.aborted || signal.reason === NOT_WANTED) await Promise.all(answered.map((token) => challenges.remove(token)));
    }
  }

  async function fulfil(client: AcmeClient, request: IssueRequest): Promise<CertificateMaterial> {
    const { names, signal } = request;
    let [order, { key }] = await placeOrder(client, request);
    if (order.status === 'pending') order = await prove(client, order, signal);
    refuseUnwanted(signal);
    if (order.status === 'ready') order = await client.finalizeOrder(order, await (await opened()).signRequest(names, key));
    order = await leaves(client, 'ready', order, signal);
    order = await leaves(client, 'processing', order, signal);
    if (order.status !== 'valid') throw new IssuanceFailure(`the order has ended ${order.status}`, false);
    const [certificate, ...chain] = pemBlocks(await client.getCertificate(order));
    if (certificate === undefined) throw new IssuanceFailure('the authority sent no certificate', false);
    return { certificate, chain: chain.join(''), key };
  }

  async function issue(request: IssueRequest, isSecond = false): Promise<CertificateMaterial> {
    try {
      const material = await fulfil(await openedAccount(), request);
      await files.removeOrder(request.id);
      return material;
    } catch (error) {
      const isForgotten = error instanceof AcmeProblem && error.type === 'accountDoesNotExist';
      if (!isForgotten || isSecond) throw asFailure(error);
      account = undefined;
      await files.saveAccountUrl(undefined);
      return issue(request, true);
    }
  }

  return {
    name: new URL(settings.directory).host,
    isLocal: false,
    // RFC 8555 8.3: HTTP-01 does not prove wildcards.
    refuses: (name) =>
      name.startsWith('*.') ? `${name}: a wildcard cannot be proved over HTTP; import a certificate for it.` : undefined,
    issue: (request) => issue(request),
    abandon: (id) => files.removeOrder(id),
    async sweep(isKnown) {
      for (const id of await files.orders()) if (!isKnown(id)) await files.removeOrder(id);
    },
  };
}

/** Why the authority does not believe that a name is ours. */
function refusalOf(authorizations: readonly Authorization[]): IssuanceFailure {
  for (const { identifier, challenges } of authorizations) {
    // RFC 8555 8: the error of a challenge is a problem document.
    const error: { readonly type?: string; readonly detail?: string } | undefined = challenges.find((one) => one.error)?.error;
    if (error === undefined) continue;
    const reason = FINAL[String(error.type).split(':').at(-1)!];
    return new IssuanceFailure(
      `${identifier.value} could not be proved: ${error.detail ?? error.type}`,
      reason !== undefined,
      reason,
    );
  }
  return new IssuanceFailure('the authority has refused the order without saying why', false);
}

function asFailure(error: unknown): IssuanceFailure {
  if (error instanceof IssuanceFailure) return error;
  const message = sentence(error);
  if (error instanceof AcmeProblem) {
    const reason = FINAL[error.type];
    return new IssuanceFailure(`the authority refuses: ${message}`, reason !== undefined, reason, { cause: error });
  }
  const said = error instanceof CertificateFileError ? message : `the authority cannot be asked: ${message}`;
  return new IssuanceFailure(said, false, 'OTHER', { cause: error });
}

/** Before each step that the authority or the disk would keep. Throws IssuanceFailure. */
function refuseUnwanted(signal: AbortSignal): void {
  if (signal.aborted && signal.reason === NOT_WANTED) throw new IssuanceFailure(NOT_WANTED, false);
}

function wait(clock: Clock, duration: Duration, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.cancel();
      reject(new IssuanceFailure('this process is stopping', false));
    };
    const timer = clock.after(duration, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}
