const { getDefaultConfig, mergeConfig } = require('@react-native/metro-config');

// Nothing of it is for Switchover: Metro finds the package's entry for phones by itself.
module.exports = mergeConfig(getDefaultConfig(__dirname), {});
