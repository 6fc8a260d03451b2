import { type Server, type ServerOptions, startServer } from './cluster.ts';
import { createNamespace, type Namespace } from './namespace.ts';
import { startTcpProxy, type TcpProxy, type TcpProxyOptions } from './tcpProxy.ts';

/** Owns what a test starts, and ends all of it, newest first. */
export interface Rig extends AsyncDisposable {
  server(options?: ServerOptions): Promise<Server>;
  namespace(): Promise<Namespace>;
  tcpProxy(options: TcpProxyOptions): Promise<TcpProxy>;
  /** Has something else ended along with the rest. */
  owns<Owned extends AsyncDisposable>(owned: Owned): Owned;
  close(): Promise<void>;
}

export function createRig(): Rig {
  const owned: AsyncDisposable[] = [];
  const keep = <Owned extends AsyncDisposable>(thing: Owned): Owned => {
    owned.push(thing);
    return thing;
  };
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let thing = owned.pop(); thing !== undefined; thing = owned.pop()) {
      try {
        await thing[Symbol.asyncDispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Parts of the rig did not end');
  };
  return {
    server: async (options) => keep(await startServer(options)),
    namespace: async () => keep(await createNamespace()),
    tcpProxy: async (options) => keep(await startTcpProxy(options)),
    owns: keep,
    close,
    [Symbol.asyncDispose]: close,
  };
}
