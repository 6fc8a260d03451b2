import { Text, View } from 'react-native';
import { FailoverBanner } from 'switchover/react';
import { styles } from './styles.ts';

/** Says what people may want to know of the connection, to screen readers as well. Empty while all is well. */
export function StatusBanner() {
  return (
    <FailoverBanner>
      {({ kind, text, region }) => (
        <View {...region} style={[styles.banner, text === null && styles.quiet, kind === 'recovered' && styles.good]}>
          <Text style={styles.bannerText}>{text}</Text>
        </View>
      )}
    </FailoverBanner>
  );
}
