/**
 * systemd's end of sd_notify(3), for tests: a datagram socket at a path or an abstract address (`@...`), in a process of its own because the
 * runtime has no such sockets.
 */
const RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
address = sys.argv[1]
receiver.bind('\\0' + address[1:] if address.startswith('@') else address)
print('listening', flush=True)
while True: print(receiver.recv(4096).decode(), flush=True)
`;

export interface NotifyReceiver {
  /** The next message. */
  next(): Promise<string>;
  stop(): void;
}

/** Resolves when it listens. */
export async function receiveNotifications(address: string): Promise<NotifyReceiver> {
  const child = Bun.spawn(['python3', '-c', RECEIVER, address], { stdout: 'pipe', stderr: 'inherit' });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<string> => {
    while (!text.includes('\n')) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`nobody listens at ${address} any more`);
      text += value;
    }
    const end = text.indexOf('\n');
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return line;
  };
  await next();
  return { next, stop: () => child.kill() };
}
