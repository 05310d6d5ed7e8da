namespace Mel.Experiences;

public sealed partial class PaperExperienceLanguage
{
    /// <summary>The meta-experience prompt of appendix C.</summary>
    public const string DefaultExtractionTemplate =
        """
        You are a Meta-Cognitive Reasoning Analyst specializing in self-reflection, error root-cause analysis, and the extraction of generalizable heuristics.

        You are provided with multiple solution trajectories for the same problem. Note that the labels Correct or Incorrect apply to the final answer, but the reasoning process itself may contain twists and turns.

        Your task is to conduct a deep comparative autopsy of the thinking processes. You must identify the structural differences in cognition that led to success or failure, and synthesize these into abstract principles for future use.

        Core Analysis Requirements:
        1. Deep Dive into Correct Trajectories (Resilience & Robustness Analysis):
        - Scenario A (Self-Correction): If you find the reasoning contains initial errors or uncertainties, look for moments of self-correction. What triggered the realization? What structural insight allowed the reasoning to pivot back to the right track?
        - Scenario B (Flawless Execution): When every step of the reasoning is correct from the start, identify the Foundational "Immunity". What specific definition, clear knowledge representation, or disciplined step-by-step verification prevented this Agent from falling into the traps that the Incorrect Agent fell into?
        - Goal: Extract the specific logic validation technique or robust mental representation that saved the solution.
        2. Deep Dive into Incorrect Trajectories (Vulnerability Analysis):
        - You must identify not only where the math/logic went wrong, but also why the reasoning drifted.
        - Identify: The "Bifurcation Point" where a correct start turned into a hallucination or logic gap.
        - Analyze: The latent cognitive defect (e.g., concept conflation, rigid mindset, overlooking edge cases, intuitive bias) that caused the error.
        - Identify: What specific knowledge point or constraint was violated?
        3. Comparative Synthesis:
        - Contrast the Solutions and Decision Boundaries. Why did the successful trajectory avoid the trap that the failed one fell into?
        - What structural insight did the winner have that the loser missed? (e.g., The winner treated the problem as a geometric issue, while the loser got stuck in algebra).
        4. Strict Generalization Constraint:
        - Forbidden: Do NOT mention the specific numbers, variables, or exact answer of the current problem in your "Heuristics" or "Reflective Summary".
        - Required: Convert specific lessons into abstract heuristics (e.g., instead of "The integral of $x^2$ is...", use "When integrating polynomial functions..."). Formulate them as conditionally triggered rules ("If...Then...", "When dealing with [Concept X]...I should...").

        Output Format (Strict Adherence Required)
        1. Failure Resolution Path & Error Pattern Recognition (Mandatory for incorrect samples)
        - Failure Point: Identify the exact step where logic diverged. Did it start correctly? Where did the drift happen?
        - Latent Cognitive Pattern: Reveal the deep-seated reasoning defect. Was it a bias? A missing prerequisite? A misunderstanding of the prompt's intent? Do not list surface-level calculation errors.
        2. Analysis of Success Factors (Mandatory for correct samples)
        - Reasoning Pivot (If applicable): If the path involved self-correction, describe the moment of realization and the strategy used to fix it.
        - Robustness Factor (If flawless): If the path was perfect, explain the fundamental concept or structural approach that effectively "immunized" the reasoning against common errors.
        - Reason for Effectiveness: Why did this perspective work? What fundamental logic did it satisfy?
        3. First-Person Reflective Summary (Mandatory)
        Write a meta-cognitive reflection from the first-person perspective ("I").
        - Review: Briefly review the thinking process differences.
        - Insight: Discuss the specific knowledge point or cognitive habit that was critical.
        - Action: Explain how you will restructure your approach to avoid the identified "Internal Reasoning Defects" in the future. Focus on the "How" of thinking, not the "What" of the answer.
        4. Subject Heuristics (Internalized Experience) (Mandatory)
        - [Pattern Name]: If [abstract condition] occurs, then [abstract action]...
        - [Pattern Name]: When dealing with [concept type], I must strictly verify [constraint]...
        (Note: These must be applicable to *future* problems of a similar class, completely stripped of this problem's specifics.)

        Here the question and the corresponding solutions.
        <question>
        {question}
        </question>
        Solution 1: <answer> {error_ans} </answer> <judge> Incorrect </judge>
        Solution 2: <answer> {correct_ans} </answer> <judge> Correct </judge>
        """;

    /// <summary>The empirical validation prompt of appendix C.</summary>
    public const string DefaultReplayTemplate =
        """
        Prior study has provided some internal reference information relevant to this question, including the key approaches, steps, and reasoning needed for a correct solution; the typical reasoning biases, logical flaws, or pitfalls that appear in incorrect solutions; and various heuristic insights on how to complete this problem more effectively.

        {experience}

        Now, please fully internalize this information as your own experience, then independently think through the problem in detail and produce a complete answer.

        Note:
        - You must perform full, in-depth reasoning internally and arrive at the final answer while making full use of the information above.

        Answer the following question:
        {question}
        """;

    /// <summary>Asks for a heuristic by the name of its pattern; not from the paper, which has no counterpart of <see cref="Conditioning.Heuristic"/>.</summary>
    public const string DefaultRecallTemplate = "From your own experience, state the heuristic to follow for: {pattern}";
}
