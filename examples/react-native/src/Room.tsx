import { useEffect, useReducer, useState } from 'react';
import { FlatList, Pressable, Text, TextInput, View } from 'react-native';
import { useChannel } from 'switchover/react';
import { history, type Line, type Me, signOut } from './failover.ts';
import { useOutbox, type Waiting } from './outbox.ts';
import { styles } from './styles.ts';

interface RoomProps {
  readonly me: Me;
  readonly onSignedOut: () => void;
}

/** The room. What is said while a server dies comes by the next one, once and in order. */
export function Room({ me, onSignedOut }: RoomProps) {
  const [lines, add] = useReducer(merged, []);
  const [text, setText] = useState('');
  const channel = useChannel('/channel', {
    name: `room:${me.name}`,
    credential: () => me.token,
    onMessage: (line) => add([line as Line]),
    select: ({ host }) => host,
  });
  const outbox = useOutbox((said) => channel.send({ text: said }));
  // Where no server answers, what is said from here on comes all the same.
  useEffect(() => void history().then(add, () => {}), []);

  function say() {
    if (text.trim() !== '') outbox.add(text.trim());
    setText('');
  }

  async function leave() {
    await channel.end();
    await signOut().catch(() => {});
    onSignedOut();
  }

  return (
    <View style={styles.room}>
      <View style={styles.head}>
        <Text style={styles.where}>{channel.state === null ? 'looking for a server' : `at ${channel.state}`}</Text>
        <Pressable onPress={leave} role="button">
          <Text style={styles.link}>Sign out</Text>
        </Pressable>
      </View>
      <FlatList
        inverted
        data={[...lines, ...outbox.waiting].reverse()}
        keyExtractor={({ id }) => String(id)}
        renderItem={({ item }) => <Said item={item} own={me.name} />}
      />
      <View style={styles.say}>
        <TextInput
          style={styles.field}
          value={text}
          onChangeText={setText}
          onSubmitEditing={say}
          accessibilityLabel="Say something"
          placeholder="Say something"
          submitBehavior="submit"
        />
        <Pressable style={styles.button} onPress={say} role="button">
          <Text style={styles.buttonText}>Send</Text>
        </Pressable>
      </View>
    </View>
  );
}

interface SaidProps {
  readonly item: Line | Waiting;
  readonly own: string;
}

function Said({ item, own }: SaidProps) {
  const waits = 'note' in item;
  return (
    <View style={[styles.line, (waits || item.author === own) && styles.own, waits && styles.unsent]}>
      <Text style={styles.lineText}>{item.text}</Text>
      <Text style={styles.note}>{waits ? item.note : `${item.author}, by server ${item.server}`}</Text>
    </View>
  );
}

/** Each line once, in the order in which they were said. */
function merged(said: readonly Line[], more: readonly Line[]): readonly Line[] {
  const known = new Set(said.map(({ id }) => id));
  return [...said, ...more.filter(({ id }) => !known.has(id))].sort((one, other) => one.id - other.id);
}
