namespace Mel.Samples.Study;

/// <summary>The figures of the paper in miniature, and the ablations.</summary>
internal sealed class PictureSections(StudyData data)
{
    private readonly StudyPictures _pictures = new(data);

    public IEnumerable<string> Lines() =>
    [
        "## Pictures", "",
        .. Markdown.Text(
            "Lines are means over seeds, bands reach from the lowest to the highest run, and bars have 95 % intervals. A figure of the paper "
            + "that its rows do not suffice for is left out."),
        .. Section("By compute", "The curves of the standard world over processor time.", _pictures.Compute()),
        .. Section("Worlds", "Pass@1 by step.", _pictures.Worlds()),
        .. Section("Fig. 3", "The reward that the trainer sees.", _pictures.Reward()),
        .. Section("Fig. 5", "RFT and REINFORCE++ with and without meta-experience, after 30 steps.", _pictures.Bases()),
        .. Section("Fig. 6-8", "Three sizes of model, each with a warm start of its own by the same recipe.", _pictures.Sizes()),
        .. Section("Fig. 9", "Retention: experiences whose replay was right, as a share of the well-formed ones.", _pictures.Retention()),
        .. Section("Ablations", "The memory with one thing changed at a time, beside the controls.", _pictures.Ablations()),
    ];

    private static IEnumerable<string> Section(string title, string text, IEnumerable<Picture> pictures)
    {
        Picture[] drawn = [.. pictures];
        return
        [
            $"### {title}", "", .. Markdown.Text(drawn.Length == 0 ? $"{text} No runs yet." : text),
            .. drawn.SelectMany(p => (string[])[$"![{p.Title}](study/{p.FileName})", ""]),
        ];
    }
}
