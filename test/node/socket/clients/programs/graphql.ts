/** A GraphQL server with one subscription that never ends: its own name, again and again. */
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { serveSockets } from './serveSockets.ts';

const { name, sockets, journal } = await serveSockets({ protocol: 'graphql-transport-ws' });

async function* ticks() {
  journal.write({ kind: 'processed', id: 'subscribe' });
  for (;;) {
    yield { tick: name };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const tick = { type: GraphQLString };
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { tick } }),
  subscription: new GraphQLObjectType({ name: 'Subscription', fields: { tick: { ...tick, subscribe: ticks } } }),
});
useServer({ schema }, sockets);
