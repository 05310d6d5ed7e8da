using System.Text.Json;
using Mel.Runtime;

namespace Mel.Transformers.Models.Families;

/// <summary>
/// Keys of a <c>config.json</c> that change what a model computes in some family. Where the family at hand does not know one, its value must be the one that
/// changes nothing. Any other key is one of bookkeeping, and is kept as it is.
/// </summary>
internal static class ConfigKeys
{
    // Of these, null, false, 0 and an empty list or object change nothing.
    private static readonly HashSet<string> Switches = new(StringComparer.Ordinal)
    {
        // Norms, biases, caps and attention.
        "clip_qkv", "attn_logit_softcapping", "final_logit_softcapping", "attn_soft_cap", "final_soft_cap", "logit_softcap", "query_pre_attn_scalar", "qk_norm",
        "use_qk_norm", "qk_layernorm", "use_qkv_bias", "qkv_bias", "use_bias", "bias", "add_bias_linear", "add_qkv_bias", "attention_out_bias",
        "attention_qkv_bias", "mlp_bias", "lm_head_bias", "head_bias", "alibi", "use_alibi", "parallel_attn", "parallel_residual", "use_parallel_residual",
        "new_decoder_architecture", "attention_sink", "attention_sinks", "add_swa_attention_sink_bias", "add_full_attention_sink_bias", "attn_output_gate",
        "use_attention_gate", "gated_attention", "attention_chunk_size", "attn_temperature_tuning", "scale_attn_by_inverse_layer_idx",
        "use_bidirectional_attention", "is_encoder_decoder", "add_cross_attention", "cross_attention_layers", "cross_attention_hidden_size",
        "use_sliding_window", "sliding_window", "sliding_window_pattern", "sliding_window_size", "attention_window", "layer_window", "swiglu_limit",
        "activation_sparsity_pattern", "normalization_type", "use_post_norm", "post_norm", "sandwich_norm", "use_moba", "linear_attn_config",
        // Rotation.
        "rope_local_base_freq", "no_rope_layers", "no_rope_layer_interval", "nope_layer_interval", "rope_interleave", "rope_interleaved", "use_mrope",
        "rotary_dim", "rope_2d", "position_embedding_theta", "rope_mscale", "use_dynamic_ntk", "use_logn_attn", "original_rope",
        // Sizes that differ from layer to layer, and parameters beside the decoder.
        "block_configs", "layer_replication", "num_kv_shared_layers", "hidden_size_per_layer_input", "vocab_size_per_layer_input", "laurel_rank",
        "altup_num_inputs", "embedding_size", "word_embed_proj_dim", "shared_intermediate_size", "use_double_wide_mlp", "num_nextn_predict_layers",
        "num_mtp_layers", "mtp_num_layers", "layer_scale", "layerscale", "cla_share_factor", "use_cla", "kv_lora_rank", "q_lora_rank", "qk_rope_head_dim",
        "qk_nope_head_dim", "v_head_dim", "global_head_dim", "swa_num_attention_heads", "attention_k_eq_v",
        // Experts, state spaces, other inputs.
        "num_experts", "num_local_experts", "n_routed_experts", "num_experts_per_tok", "num_experts_per_token", "moe_intermediate_size", "n_shared_experts",
        "moe_num_experts", "moe_layer_freq", "decoder_sparse_step", "mamba_d_state", "ssm_cfg", "mamba_expand", "hybrid_override_pattern", "layers_block_type",
        "full_attention_interval", "linear_num_value_heads", "conv_L_cache", "vision_config", "audio_config", "text_config", "mm_vision_tower",
        "quantization_config", "compression_config",
    };

    // Of these, null and 1 change nothing.
    private static readonly HashSet<string> Factors = new(StringComparer.Ordinal)
    {
        "logits_scaling", "logit_scale", "logits_scale", "output_multiplier_scale", "lm_head_multiplier", "embedding_multiplier", "embedding_multiplier_scale",
        "embedding_scale", "scale_emb", "scale_depth", "residual_multiplier", "residual_scale", "attention_multiplier", "attn_scale", "key_multiplier",
        "mlp_multipliers", "partial_rotary_factor", "rotary_pct", "rope_pct", "rope_percentage", "rope_ratio", "mup_scale", "mup_width_scale",
        "mup_width_multiplier", "mup_embedding_multiplier", "mup_attn_multiplier", "mup_use_scaling", "width_scale",
    };

    /// <summary>Refuses the first key that changes what the model computes and that nobody asked for.</summary>
    public static void RefuseUnknown(ConfigReader file, FamilyMapping family)
    {
        foreach (JsonProperty property in file.All)
        {
            if (file.WasAsked(property.Name) || ChangesNothing(property)) continue;
            throw file.Fail(property.Name, $"is {Excerpt.Of(property.Value.GetRawText())}, which changes what a model computes in a way that is not built " +
                $"for model_type '{family.ModelType}'; expected {(Factors.Contains(property.Name) ? "1" : "nothing, null or false")}. " +
                "docs/models.md lists what each family is read with.");
        }
    }

    private static bool ChangesNothing(JsonProperty property)
    {
        bool isFactor = Factors.Contains(property.Name);
        if (!isFactor && !Switches.Contains(property.Name)) return true;
        return property.Value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => true,
            JsonValueKind.Number => property.Value.GetDouble() == (isFactor ? 1 : 0),
            JsonValueKind.Array => property.Value.GetArrayLength() == 0,
            JsonValueKind.Object => property.Value.GetPropertyCount() == 0,
            _ => false,
        };
    }
}
