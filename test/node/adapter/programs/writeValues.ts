import { fileStore } from '../../../../src/node/fileStore.ts';

// Writes values of one letter each, again and again, until it is killed.
const [, , directory = '', letters = '', length = '0'] = process.argv;
const store = fileStore(directory);
for (let i = 0; ; i += 1) {
  await store.set('shared', (letters[i % letters.length] ?? '').repeat(Number(length)));
  if (i === 0) process.stdout.write('first');
}
