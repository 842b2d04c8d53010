const path = require('path')
const { getDefaultConfig } = require('expo/metro-config')

const config = getDefaultConfig(__dirname)

// The projection of the map, the shapes of the land and Central's reasons in Spanish are the console's.
config.watchFolders = [path.join(__dirname, '../console/src')]
config.resolver.nodeModulesPaths = [path.join(__dirname, 'node_modules')]

module.exports = config
