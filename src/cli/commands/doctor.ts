/**
 * `warmfront doctor`: what would keep Warmfront from starting or serving here, and what to do about it. What is looked at and how it is
 * judged: src/cli/doctor. Exit code 1 when there is a problem; warnings alone are 0.
 */
import type { Settings } from '../../tables/settings.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { columns, painter, type Style, type Terminal } from '../terminal.ts';

const COLOURS: Readonly<Record<Finding['level'], Style>> = { ok: 'green', warning: 'yellow', problem: 'red' };

export async function doctor(settings: Settings, asJson: boolean, terminal: Terminal): Promise<number> {
  const findings = await examine(settings, terminal.environment);
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (asJson) terminal.print(JSON.stringify({ problems, warnings, findings }, null, 2));
  else for (const line of page(findings, problems, warnings, terminal)) terminal.print(line);
  return problems > 0 ? 1 : 0;
}

function page(findings: readonly Finding[], problems: number, warnings: number, terminal: Terminal): readonly string[] {
  const paint = painter(terminal);
  const rows = columns(findings.map(({ level, subject, found }) => [level, subject, found]));
  const lines = findings.flatMap(({ level, advice }, index) => {
    const row = rows[index]!;
    const painted = paint(level, COLOURS[level]) + row.slice(level.length);
    return advice === undefined ? [painted] : [painted, `         -> ${advice}`];
  });
  const verdict =
    problems + warnings === 0 ? 'nothing to complain about' : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}`;
  return [...lines, '', verdict];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
