/**
 * Who may use the admin endpoints? Ours: only this machine, under an address or a name of the loopback, so that no page in a
 * browser reaches them: a name rebound to 127.0.0.1 arrives with that name in Host, another site's script with its Origin.
 * The AWS APIs need none of this: their calls are signed.
 */

export interface Caller {
  /** Undefined where the listener does not know: then it is not this machine. */
  readonly peerAddress: string | undefined;
  /** With or without a port. */
  readonly host: string;
  readonly origin: string | undefined;
  /** X-Amz-Cf-Id: an edge, ours or another, asks as it would ask an origin, for whoever asked it. */
  readonly edgeRequestId?: string | undefined;
}

/** Why the caller is refused, as a sentence; undefined when it is welcome. */
export function refuseStranger(caller: Caller): string | undefined {
  if (caller.peerAddress === undefined || !isLoopbackAddress(caller.peerAddress)) {
    return 'The admin endpoints answer only to this machine; run the command there.';
  }
  const name = withoutPort(caller.host);
  // An address cannot be rebound: only names go through DNS.
  if (!isLocalName(name) && !isAddress(name)) {
    return `The admin endpoints do not answer to the host "${caller.host}"; use 127.0.0.1 or localhost.`;
  }
  if (caller.origin !== undefined && caller.origin.toLowerCase() !== `http://${caller.host.toLowerCase()}`) {
    return `The admin endpoints do not answer to pages of ${caller.origin}.`;
  }
  return undefined;
}

/** The same for the endpoints that others than this machine may use: nobody uses them through an edge. */
export function refuseForwarded({ edgeRequestId }: Pick<Caller, 'edgeRequestId'>): string | undefined {
  return edgeRequestId === undefined ? undefined : 'The admin endpoints are no origin: this request came through an edge.';
}

function withoutPort(host: string): string {
  return (/^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, '')).toLowerCase();
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^[0-9a-f.]*:[0-9a-f:.]+$/.test(name);
}

function isLoopbackAddress(address: string): boolean {
  return /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address) || address === '::1';
}
