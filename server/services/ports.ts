/** Finding and checking ports on this machine. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** 'free', or the reason the system gives (`EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`…). */
export async function checkPort(port: number, host = '127.0.0.1'): Promise<string> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    return 'free';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    server.close();
  }
}

/** The wished one if it is free, else any. Another program may take it before it is used: then that start fails and says so. */
export async function freePort(wished?: number): Promise<number> {
  if (wished !== undefined && (await checkPort(wished)) === 'free') return wished;
  const server = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
