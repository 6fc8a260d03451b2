module.exports = {
  preset: '@react-native/jest-preset',
  // Packages that are written as ES modules pass through Babel, as Metro has them do.
  transformIgnorePatterns: ['node_modules/(?!((jest-)?react-native|@react-native(-community)?|ky|switchover)/)'],
};
