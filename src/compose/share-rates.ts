/**
 * Rate-based rules count for the whole machine: each worker tells ten times a second what it has counted, sooner where that is a large
 * part of a limit, and hears what the others have (rate-exchange.ts). So a count is behind by at most two of these intervals; AWS WAF looks
 * about every ten seconds. Nothing is told while no web ACL has such a rule. What a supervisor that does not answer was told is lost to the
 * others: they count too little, never too much.
 */
import type { RateNews } from '../core/viewer-request/waf/rates/rate-counters.ts';
import type { Clock } from '../edge/ports.ts';
import type { WafStep } from '../edge/waf/waf-step.ts';
import { RATES } from '../tables/waf.ts';

export interface ShareRatesOptions {
  readonly clock: Clock;
  readonly waf: Pick<WafStep, 'hasRateRules' | 'hasPressingRates' | 'takeRateNews' | 'addRateNews'>;
  readonly tell: (news: readonly RateNews[]) => Promise<readonly RateNews[]>;
}

export function shareRates({ clock, waf, tell }: ShareRatesOptions): { stop(): void } {
  let sharedAt = clock.now();
  let timer = clock.after(RATES.sharing, look);
  let hasStopped = false;

  function look(): void {
    const isDue = waf.hasPressingRates || clock.now() - sharedAt >= RATES.sharing;
    if (!isDue) return lookAgain();
    sharedAt = clock.now();
    void share().finally(lookAgain);
  }

  function lookAgain(): void {
    if (hasStopped) return;
    timer = clock.after(waf.hasRateRules ? RATES.looking : RATES.sharing, look);
  }

  async function share(): Promise<void> {
    if (!waf.hasRateRules) return;
    try {
      waf.addRateNews(await tell(waf.takeRateNews()));
    } catch {
      // The supervisor has gone, and this worker follows.
    }
  }

  return {
    stop() {
      hasStopped = true;
      timer.cancel();
    },
  };
}
