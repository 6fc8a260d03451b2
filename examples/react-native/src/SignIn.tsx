import { useState } from 'react';
import { Pressable, Text, TextInput, View } from 'react-native';
import { type Me, signIn } from './failover.ts';
import { styles } from './styles.ts';

interface SignInProps {
  readonly onSignedIn: (me: Me) => void;
}

export function SignIn({ onSignedIn }: SignInProps) {
  const [name, setName] = useState('');
  const [complaint, setComplaint] = useState('');
  const [busy, setBusy] = useState(false);

  async function comeIn() {
    setBusy(true);
    setComplaint('');
    try {
      const me = await signIn(name.trim());
      if (me !== null) return onSignedIn(me);
      setComplaint('Letters, digits, dots and dashes, please.');
    } catch (error) {
      setComplaint(`No server could be reached: ${(error as Error).message}`);
    }
    setBusy(false);
  }

  return (
    <View style={styles.signIn}>
      <Text style={styles.question}>What are you called?</Text>
      <TextInput
        style={styles.field}
        value={name}
        onChangeText={setName}
        onSubmitEditing={comeIn}
        accessibilityLabel="Your name"
        autoComplete="username"
        maxLength={32}
        autoFocus
      />
      <Pressable style={styles.button} onPress={comeIn} disabled={busy || name.trim() === ''} role="button">
        <Text style={styles.buttonText}>Come in</Text>
      </Pressable>
      <Text role="alert" style={styles.complaint}>
        {complaint}
      </Text>
    </View>
  );
}
