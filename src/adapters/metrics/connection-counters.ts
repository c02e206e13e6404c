/**
 * Counts viewers' connections as the listeners tell of them (listen/listener.ts, ConnectionWatch). Over HTTP/3 nobody tells: there Bun keeps
 * the connections.
 */
import type { MetricsReading, Sample } from '../../tables/metrics.ts';

export interface ConnectionCounters {
  opened(scheme: 'http' | 'https', protocol: string): void;
  closed(scheme: 'http' | 'https', protocol: string): void;
  refused(): void;
  /** Before it could be opened: a handshake came to nothing. */
  handshakeFailed(): void;
  read(): MetricsReading;
}

interface Counted {
  readonly labels: readonly [scheme: string, protocol: string];
  open: number;
  total: number;
}

export function countConnections(): ConnectionCounters {
  /** As few as there are protocols. */
  const kinds: Counted[] = [];
  let refused = 0;
  let failed = 0;

  function kindOf(scheme: string, protocol: string): Counted {
    const known = kinds.find(({ labels }) => labels[0] === scheme && labels[1] === protocol);
    if (known !== undefined) return known;
    const counted = { labels: [scheme, protocol] as const, open: 0, total: 0 };
    kinds.push(counted);
    return counted;
  }

  return {
    opened(scheme, protocol) {
      const counted = kindOf(scheme, protocol);
      counted.open += 1;
      counted.total += 1;
    },
    closed(scheme, protocol) {
      kindOf(scheme, protocol).open -= 1;
    },
    refused() {
      refused += 1;
    },
    handshakeFailed() {
      failed += 1;
    },
    read() {
      const made = kinds.filter(({ labels }) => labels[0] === 'https').reduce((sum, { total }) => sum + total, 0);
      const each = (value: (counted: Counted) => number): readonly Sample[] =>
        kinds.map((counted) => ({ labels: counted.labels, value: value(counted) }));
      return {
        warmfront_connections: each(({ open }) => open),
        warmfront_connections_total: each(({ total }) => total),
        warmfront_connections_refused_total: [{ labels: [], value: refused }],
        warmfront_tls_handshakes_total: [
          { labels: ['made'], value: made },
          { labels: ['failed'], value: failed },
        ],
      };
    },
  };
}
