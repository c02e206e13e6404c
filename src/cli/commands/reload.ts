/**
 * `warmfront reload`: new processes in place of those that serve, one after the other, without losing a request.
 */
import type { ControlClient } from '../control-client.ts';
import type { Terminal } from '../terminal.ts';

export async function reload(client: ControlClient, asJson: boolean, terminal: Terminal): Promise<number> {
  const receipt = await client.reload();
  if (asJson) {
    terminal.print(JSON.stringify(receipt, null, 2));
    return 0;
  }
  for (const warning of receipt.warnings) terminal.complain(`warmfront: warning: ${warning}`);
  terminal.print(`reloaded in ${receipt.took} ms: ${receipt.edges.join(', ')}`);
  return 0;
}
