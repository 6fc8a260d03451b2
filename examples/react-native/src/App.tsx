import { useEffect, useState } from 'react';
import { ActivityIndicator, KeyboardAvoidingView, Platform, StatusBar } from 'react-native';
import { FailoverProvider } from 'switchover/react';
import { failover, type Me, whoAmI } from './failover.ts';
import { Room } from './Room.tsx';
import { SignIn } from './SignIn.tsx';
import { StatusBanner } from './StatusBanner.tsx';
import { styles } from './styles.ts';

export function App() {
  return (
    <FailoverProvider failover={failover}>
      <KeyboardAvoidingView style={styles.app} behavior={Platform.OS === 'ios' ? 'padding' : undefined}>
        <StatusBar />
        <StatusBanner />
        <Door />
      </KeyboardAvoidingView>
    </FailoverProvider>
  );
}

/** Leads whoever is signed in to the room. A token in the key store outlives the app. */
function Door() {
  const [me, setMe] = useState<Me | null | undefined>(undefined);
  useEffect(() => {
    // No server answers now: whoever signs in will find one that does.
    whoAmI().then(setMe, () => setMe(null));
  }, []);
  if (me === undefined) return <ActivityIndicator style={styles.waiting} />;
  if (me === null) return <SignIn onSignedIn={setMe} />;
  return <Room me={me} onSignedOut={() => setMe(null)} />;
}
