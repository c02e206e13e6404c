/**
 * Tells systemd how the service is: ready, reloading, stopping, alive (sd_notify(3)): datagrams to the unix socket that NOTIFY_SOCKET
 * names. The runtime has no such sockets, so three functions of the C library are called; and only where there is somebody to tell.
 */
import { dlopen, FFIType, ptr } from 'bun:ffi';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
/** sockaddr_un: the family, then at most so many octets of path. */
const PATH_LIMIT = 107;

/** glibc, then musl. */
const LIBRARIES = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`];

export interface ServiceStatus {
  ready(): void;
  stopping(): void;
}

export interface ServiceOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** systemd asks to be told and cannot be. */
  readonly report: (message: string, error?: unknown) => void;
}

/** Without NOTIFY_SOCKET it does nothing. Where the unit has WatchdogSec, an event loop that hangs is noticed by its silence. */
export function createServiceStatus({ environment, report }: ServiceOptions): ServiceStatus {
  const socket = environment['NOTIFY_SOCKET'];
  if (socket === undefined || process.platform !== 'linux') return { ready: () => undefined, stopping: () => undefined };
  let isBroken = false;
  let watchdog: Timer | undefined;

  function tell(state: string): void {
    try {
      if (!isBroken) sendDatagram(socket!, state);
    } catch (error) {
      isBroken = true;
      report(`systemd cannot be told of the state of the service at ${socket}`, error);
    }
  }

  return {
    ready() {
      tell('READY=1');
      const limit = watchdogLimit(environment);
      if (limit !== undefined) watchdog = setInterval(() => tell('WATCHDOG=1'), limit / 2);
    },
    stopping() {
      clearInterval(watchdog);
      tell('STOPPING=1');
    },
  };
}

/** sd_watchdog_enabled(3): microseconds, for the process that WATCHDOG_PID names, if it does. In milliseconds. */
function watchdogLimit(environment: ServiceOptions['environment']): number | undefined {
  const { WATCHDOG_USEC: limit, WATCHDOG_PID: pid } = environment;
  if (limit === undefined || !/^[1-9]\d*$/.test(limit)) return undefined;
  return pid === undefined || pid === String(process.pid) ? Number(limit) / 1000 : undefined;
}

function sendDatagram(socket: string, text: string): void {
  const library = openLibrary();
  const address = socketAddress(socket);
  const message = Buffer.from(text);
  const descriptor = library.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw new Error('no socket could be made');
  try {
    const sent = library.sendto(descriptor, ptr(message), message.length, MSG_NOSIGNAL, ptr(address), address.length);
    if (Number(sent) !== message.length) throw new Error('nobody takes the datagram');
  } finally {
    library.close(descriptor);
  }
}

/** A leading `@` stands for the zero octet of an abstract address. */
function socketAddress(socket: string): Buffer {
  const path = Buffer.from(socket.startsWith('@') ? `\0${socket.slice(1)}` : socket);
  if (path.length > PATH_LIMIT) throw new Error('its path is too long');
  const family = Buffer.alloc(2);
  new Uint16Array(family.buffer, family.byteOffset, 1)[0] = AF_UNIX;
  // A path ends with a zero octet, an abstract address with its length.
  return Buffer.concat(socket.startsWith('@') ? [family, path] : [family, path, Buffer.alloc(1)]);
}

const SYMBOLS = {
  socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  sendto: {
    args: [FFIType.i32, FFIType.ptr, FFIType.u64, FFIType.i32, FFIType.ptr, FFIType.u32],
    returns: FFIType.i64_fast,
  },
  close: { args: [FFIType.i32], returns: FFIType.i32 },
} as const;

let opened: ReturnType<typeof dlopen<typeof SYMBOLS>>['symbols'] | undefined;

function openLibrary(): NonNullable<typeof opened> {
  let failure: unknown;
  for (const name of LIBRARIES) {
    try {
      opened ??= dlopen(name, SYMBOLS).symbols;
      return opened;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
