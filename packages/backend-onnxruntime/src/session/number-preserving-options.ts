/**
 * ONNX Runtime's graph optimizers that may change a number, or whose work depends on which intermediate values are
 * read. All of them are switched off: a value that is read becomes an output of the graph, outputs block fusions, and
 * so a read would change the rounding of others. Fusing is done when kernels are recorded, by kernels that mean it.
 * What stays on only removes or moves work: common subexpressions, constant folding and sharing, identities, casts,
 * reshapes, unsqueezes, dropout in evaluation, gathers as slices.
 */
export const NUMBER_CHANGING_OPTIMIZERS: readonly string[] = [
  // Rewrite rules.
  "ConvAddFusion",
  "ConvBNFusion",
  "ConvMulFusion",
  "DivMulFusion",
  "FuseReluClip",
  "GemmSumFusion",
  "GemmTransposeFusion",
  "NoopElimination",
  "Pad_Fusion",
  "MatMul_BatchNormalization_Fusion",
  "LabelEncoderFusion",
  "CastChainElimination",
  "ClipQuantRewrite",
  "ReluQuantRewrite",
  // Graph transformers. TransposeOptimizer pushes transposes through reductions, which changes the order of additions.
  "TransposeOptimizer",
  "TransposeOptimizer_CPUExecutionProvider",
  "MatMulAddFusion",
  "GeluFusionL1",
  "GeluFusionL2",
  "LayerNormFusionL1",
  "LayerNormFusionL2",
  "SimplifiedLayerNormFusion",
  "AttentionFusion",
  "EmbedLayerNormFusion",
  "GemmActivationFusion",
  "ConvActivationFusion",
  "ConvAddActivationFusion",
  "MatmulTransposeFusion",
  "MatMulScaleFusion",
  "MatMulActivationFusion",
  "BiasGeluFusion",
  "BiasSoftmaxFusion",
  "BiasDropoutFusion",
  "BiasSkipLayerNormFusion",
  "SkipLayerNormFusion",
  "FastGeluFusion",
  "QuickGeluFusion",
  "GeluApproximation",
  "GroupQueryAttentionFusion",
  "GroupQueryAttentionPreNormFusion",
  "MatMulNBitsFusion",
  "MatMulNBitsMlpFusion",
  "MatMulNBitsQkvFusion",
  "MatMulIntegerToFloatFusion",
  "DynamicQuantizeMatMulFusion",
  "QDQPropagationTransformer",
  "QDQS8ToU8Transformer",
  "QDQSelectorActionTransformer",
  "QDQFinalCleanupTransformer",
  "NchwcTransformer",
  "NhwcTransformer",
];

/** Configuration entries of every session. */
export const SESSION_CONFIG: Readonly<Record<string, string>> = {
  "session.use_env_allocators": "1",
  "optimization.disable_specified_optimizers": NUMBER_CHANGING_OPTIMIZERS.join(";"),
};
