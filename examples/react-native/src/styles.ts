import { StyleSheet } from 'react-native';

const SEA = '#0b4f6c';

export const styles = StyleSheet.create({
  app: { flex: 1, backgroundColor: '#f4f7f8' },
  waiting: { flex: 1 },
  banner: { backgroundColor: '#8a3b12', padding: 8, alignItems: 'center' },
  quiet: { backgroundColor: 'transparent', padding: 0 },
  good: { backgroundColor: '#1d6b3c' },
  bannerText: { color: 'white' },
  signIn: { flex: 1, justifyContent: 'center', padding: 24, gap: 12 },
  question: { fontSize: 20 },
  complaint: { color: '#8a1212', minHeight: 20 },
  field: {
    flexGrow: 1,
    borderWidth: 1,
    borderColor: '#9fb3bc',
    borderRadius: 8,
    padding: 10,
    backgroundColor: 'white',
  },
  button: { backgroundColor: SEA, borderRadius: 8, paddingVertical: 10, paddingHorizontal: 16, alignItems: 'center' },
  buttonText: { color: 'white', fontWeight: '600' },
  room: { flex: 1 },
  head: { flexDirection: 'row', justifyContent: 'space-between', padding: 12 },
  where: { color: '#445' },
  link: { color: SEA },
  line: {
    alignSelf: 'flex-start',
    maxWidth: '85%',
    margin: 6,
    padding: 10,
    borderRadius: 10,
    backgroundColor: 'white',
  },
  own: { alignSelf: 'flex-end', backgroundColor: '#d8ecf3' },
  unsent: { opacity: 0.6 },
  lineText: { fontSize: 16 },
  note: { fontSize: 12, color: '#556' },
  say: { flexDirection: 'row', gap: 8, padding: 12 },
});
