/**
 * Every metric, once: its name, what it counts, its labels, and what the figure of several processes together is. The text that
 * Prometheus reads and the reference page are written from these rows (Prometheus, "Metric and label naming": base units, `_total` on
 * counters). Who counts: src/adapters/metrics; how it is written: src/insight/metrics.
 *
 * Labels take few values: the words of our own tables, and ids of which at most LABEL_LIMIT are told apart.
 */
import type { Duration } from '../model/units.ts';

export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** What several processes are together; counters and histograms are sums. */
  readonly merge?: 'sum' | 'max' | 'min';
}

function counter(help: string, ...labels: string[]): Metric {
  return { type: 'counter', help, labels };
}

function gauge(merge: NonNullable<Metric['merge']>, help: string, ...labels: string[]): Metric {
  return { type: 'gauge', help, labels, merge };
}

function histogram(help: string, ...labels: string[]): Metric {
  return { type: 'histogram', help, labels };
}

export const METRICS = {
  warmfront_build_info: gauge('max', 'Version of Warmfront and of its runtime; always 1.', 'version', 'bun'),

  warmfront_viewer_requests_total: counter(
    'Requests answered, by distribution, by the result type that the access log says, and by class of status.',
    'distribution',
    'result',
    'status',
  ),
  warmfront_viewer_body_bytes_total: counter('Octets of bodies sent to viewers.', 'distribution', 'result'),
  warmfront_viewer_protocol_requests_total: counter(
    'Requests answered, by scheme and HTTP version; unknown where the runtime does not tell.',
    'scheme',
    'version',
  ),
  warmfront_viewer_errors_total: counter('Requests of result type Error, by the detail that the access log says.', 'detail'),
  warmfront_viewer_aborted_total: counter('Answers that did not reach their viewer whole.'),
  warmfront_viewer_first_byte_seconds: histogram('From the request to the head of its answer.', 'result'),
  warmfront_viewer_request_seconds: histogram('From the request to the last octet of its answer.', 'result'),

  warmfront_cache_requests_total: counter(
    'Requests by what the cache did for them and why (RFC 9211). Hit ratio: hit, hit-stale, collapsed and revalidated over all but none.',
    'cache',
    'reason',
  ),
  warmfront_cache_objects: gauge('sum', 'Objects in the cache.', 'tier'),
  warmfront_cache_bytes: gauge('sum', 'What the objects in the cache count for.', 'tier'),
  warmfront_cache_capacity_bytes: gauge('sum', 'Bound of the cache.', 'tier'),
  warmfront_cache_evictions_total: counter('Objects that left to make room.', 'tier'),
  warmfront_cache_bans: gauge('max', 'Invalidations in force: something stored may still be older than they are.'),
  warmfront_cache_newest_ban: gauge('min', 'Sequence number of the newest invalidation applied.'),
  warmfront_cache_fetches: gauge('sum', 'Fetches from origins under way.'),
  warmfront_cache_waiting_viewers: gauge('sum', 'Viewers waiting for the head of a fetch that another viewer started.'),

  warmfront_guard_findings_total: counter(
    'What the leak and poison guard has found, by rule and by what became of the response.',
    'rule',
    'action',
  ),

  warmfront_origin_requests_total: counter(
    'Requests sent to origins, by host and by class of status or kind of failure.',
    'origin',
    'result',
  ),
  warmfront_origin_response_seconds: histogram('From asking an origin to the head of its answer, or its failure.', 'origin'),

  warmfront_connections: gauge('sum', 'Connections of viewers that are open, over TCP.', 'scheme', 'protocol'),
  warmfront_connections_total: counter('Connections of viewers that were accepted, over TCP.', 'scheme', 'protocol'),
  warmfront_connections_refused_total: counter('Connections of viewers for which there was no room.'),
  warmfront_tls_handshakes_total: counter('TLS handshakes over TCP, made or failed: refused, broken off or too slow.', 'result'),

  warmfront_snapshot_version: gauge('min', 'Version of the configuration in force.'),
  warmfront_snapshot_applied_timestamp_seconds: gauge('min', 'When the configuration in force was applied.'),
  warmfront_distributions: gauge('max', 'Distributions in the configuration in force.'),

  warmfront_certificate_expiry_timestamp_seconds: gauge(
    'min',
    'Until when a certificate of ACM that a distribution names is valid, by its first name.',
    'name',
  ),
  warmfront_certificate_problems: gauge('max', 'Certificates whose last attempt to issue or renew them failed.'),

  warmfront_waf_requests_total: counter(
    'Requests that matched a rule of a web ACL, by metric names and what the rule did; the web ACL itself stands for its default action.',
    'webacl',
    'rule',
    'action',
  ),

  warmfront_access_log_lines_total: counter('Lines handed to the access log.'),
  warmfront_access_log_dropped_lines_total: counter(
    'Lines of the access log that were lost: the disk was full, gone or too slow.',
  ),

  warmfront_log_messages_total: counter('Messages of the server itself, written or below the level that is.', 'level'),

  warmfront_event_loop_lag_seconds: gauge('max', 'The longest that the event loop was held up since it was last asked.'),
  warmfront_processes: gauge('sum', 'Processes that these figures are of.'),
  process_cpu_seconds_total: counter('CPU time used, user and system.'),
  process_resident_memory_bytes: gauge('sum', 'Memory in use.'),
  process_open_fds: gauge('sum', 'Open file descriptors.'),
  process_max_fds: gauge('min', 'Limit of open file descriptors of one process.'),
  process_start_time_seconds: gauge('min', 'When the process started.'),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** What one process has counted: a plain value, so that it can be sent to another and added up. */
export type MetricsReading = Readonly<Partial<Record<MetricName, readonly Sample[]>>>;

export interface Sample {
  /** In the order of the metric's labels. */
  readonly labels: readonly string[];
  readonly value: number | Histogram;
}

export interface Histogram {
  /** How many lie in each bucket alone; the last is for what is above all bounds. */
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/** The content type of the text that Prometheus reads. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Upper bounds of the buckets, inclusive. The clock of requests counts whole milliseconds, so finer ones would say nothing. */
export const BUCKETS: readonly Duration[] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];

/** Ours: how many distributions, or origins, are told apart; those that come later are counted together as OTHER. */
export const LABEL_LIMIT = 200;
export const OTHER = 'other';
/** The label of requests that belong to no distribution. */
export const NONE = 'none';
