export { AssetCheckTooSlow, checkAssets } from './check-assets.ts'
export { type AssetCheck, type FoundRow, checkAssetsAlone, checkFound } from './alone.ts'
